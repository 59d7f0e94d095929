extension Scan {
  /// This scan as one line of a native recording, its newline included.
  ///
  /// What is missing is null; labels, vectors and the reference's kind that are unknown are left
  /// out. The prediction is
  /// for people and regression tests: readers of recordings ignore it.
  package func nativeLine(prediction: Prediction? = nil) -> [UInt8] {
    let pointCount = sampleSignal?.count ?? absorbance?.count ?? 0
    var line = JSONLine(reservingBytes: 1_024 + 20 * pointCount)
    line.add("time", time?.description)
    line.add("sample", sample)
    if !labels.isEmpty {
      line.addObject("labels") { object in
        for (name, label) in labels.sorted(by: { $0.key < $1.key }) { object.add(name, label) }
      }
    }
    if let sampleSignal { line.add("sampleSignal", sampleSignal) }
    if let referenceSignal { line.add("referenceSignal", referenceSignal) }
    if let absorbance { line.add("absorbance", absorbance) }
    if let kind = referenceKind?.name { line.add("reference", kind) }
    line.add("temperatureCelsius", temperatureCelsius)
    line.add("detectorTemperatureCelsius", detectorTemperatureCelsius)
    line.add("relativeHumidityPercent", relativeHumidityPercent)
    line.add("lampPhotodiode", lampPhotodiode)
    line.add("gain", gain)
    line.add("repeats", repeats)
    line.add("deviceTime", deviceTime?.description)
    line.add("scanIndex", scanIndex)
    if let prediction { line.addObject("prediction") { prediction.addMembers(to: &$0) } }
    return line.finish()
  }
}

extension Prediction {
  /// Adds what was answered after the scan; time, scanner and sample stand in the scan's own line.
  fileprivate func addMembers(to line: inout JSONLine) {
    line.add("sampleId", sampleId)
    line.add("scans", scans)
    line.add("final", final)
    line.addTargets(targets)
    line.addQuality(accepted: accepted, reasons: qualityReasons)
    line.add("demonstration", demonstration)
    line.add("bundle", bundle)
  }
}

extension Recording {
  /// The first line of a native recording, its newline included.
  package static func nativeHeader(
    wavelengthsNanometres: [Double],
    scanner: ScannerDescription
  ) -> [UInt8] {
    var line = JSONLine(reservingBytes: 1_024 + 20 * wavelengthsNanometres.count)
    line.add("type", "recording")
    line.add("version", 1)
    line.add("wavelengthsNanometres", wavelengthsNanometres)
    line.addObject("scanner") { object in
      object.add("serialNumber", scanner.serialNumber)
      object.add("model", scanner.model)
      object.add("firmware", scanner.firmware)
      object.add("configurationName", scanner.configurationName)
      object.add("patternWidthPixels", scanner.patternWidthPixels)
      object.add("startNanometres", scanner.startNanometres)
      object.add("endNanometres", scanner.endNanometres)
      object.add("shiftVectorCoefficients", orNull: scanner.shiftVectorCoefficients)
      object.add("pixelToWavelengthCoefficients", orNull: scanner.pixelToWavelengthCoefficients)
    }
    return line.finish()
  }
}

extension JSONLine {
  fileprivate mutating func add(_ name: String, orNull values: [Double]?) {
    guard let values else { return addNull(name) }
    add(name, values)
  }
}
