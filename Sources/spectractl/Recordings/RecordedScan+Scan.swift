package import Spectra
package import Varlink

/// Why a scan that the daemon sent cannot be recorded.
package enum RecordedScanError: Error, Equatable, CustomStringConvertible {
  /// A spectrum is not as long as the wavelengths.
  case pointCount(found: Int, expected: Int)
  /// There is neither a signal nor an absorbance.
  case noSpectrum

  package var description: String {
    switch self {
    case .pointCount(let found, let expected):
      "found a scan of \(found) points on \(expected) wavelengths"
    case .noSpectrum: "found a scan without a spectrum"
    }
  }
}

extension SpectradInterface.RecordedScan {
  /// The scan as recordings hold it, checked against the wavelengths that it belongs to.
  package func scan(on grid: SpectradInterface.Grid) throws(RecordedScanError) -> Scan {
    let absorbance = absorbanceOrNaN
    let expected = grid.wavelengthsNanometres.count
    for count in [sampleSignal?.count, referenceSignal?.count, absorbance?.count]
    where count ?? expected != expected {
      throw .pointCount(found: count ?? 0, expected: expected)
    }
    guard sampleSignal != nil || absorbance != nil else { throw .noSpectrum }
    var scan = Scan()
    scan.time = time.flatMap { Timestamp($0) }
    scan.sample = sample
    scan.labels = labels ?? [:]
    scan.sampleSignal = sampleSignal.map { $0.map(Int32.init(clamping:)) }
    scan.referenceSignal = referenceSignal.map { $0.map(Int32.init(clamping:)) }
    scan.referenceKind = reference.flatMap { ReferenceKind(name: $0) }
    scan.absorbance = absorbance
    scan.temperatureCelsius = temperatureCelsius
    scan.detectorTemperatureCelsius = detectorTemperatureCelsius
    scan.relativeHumidityPercent = relativeHumidityPercent
    scan.lampPhotodiode = lampPhotodiode
    scan.gain = gain
    scan.repeats = repeats
    scan.deviceTime = deviceTime.flatMap { Timestamp($0) }
    scan.scanIndex = scanIndex.flatMap { UInt32(exactly: $0) }
    return scan
  }
}

extension SpectradInterface.Grid {
  /// The scanner as recordings describe it.
  package var scannerDescription: ScannerDescription {
    var scanner = ScannerDescription()
    scanner.serialNumber = serialNumber
    scanner.model = model
    scanner.firmware = firmware
    scanner.configurationName = configurationName
    scanner.patternWidthPixels = patternWidthPixels
    scanner.startNanometres = startNanometres
    scanner.endNanometres = endNanometres
    scanner.shiftVectorCoefficients = shiftVectorCoefficients
    scanner.pixelToWavelengthCoefficients = pixelToWavelengthCoefficients
    return scanner
  }
}

extension SpectradInterface.Prediction {
  /// The prediction as recordings hold it; nil when its time is none.
  package var recorded: Spectra.Prediction? {
    guard let time = Timestamp(time) else { return nil }
    return Spectra.Prediction(
      time: time,
      scanner: scanner,
      sample: sample,
      sampleId: sampleId,
      scans: scans,
      final: final,
      temperatureCelsius: temperatureCelsius,
      relativeHumidityPercent: relativeHumidityPercent,
      referenceKind: reference.kind.flatMap { ReferenceKind(name: $0) } ?? .none,
      referenceAgeSeconds: reference.ageSeconds,
      targets: targets.map(\.recorded),
      accepted: quality.accepted,
      qualityReasons: QualityReasons(names: quality.reasons),
      latencyMicroseconds: latencyMicroseconds,
      demonstration: demonstration,
      bundle: bundle
    )
  }
}

extension SpectradInterface.Target {
  /// The answer as recordings hold it; the order of the classes, which JSON does not keep, is that
  /// of their names.
  fileprivate var recorded: TargetPrediction {
    let classes = probabilities.keys.sorted()
    return TargetPrediction(
      name: name,
      classes: classes,
      probabilities: classes.map { probabilities[$0] ?? .nan },
      classIndex: `class`.flatMap { classes.firstIndex(of: $0) },
      reasons: AnswerReasons(names: reasons)
    )
  }
}
