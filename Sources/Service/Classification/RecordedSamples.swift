package import Spectra

/// Scans of a recording that follow each other under one sample name.
package struct RecordedSample: Equatable, Sendable {
  /// The sample's name; nil when the recording names none.
  package let name: String?
  /// Indices of the recording's scans.
  package let scans: Range<Int>
}

extension Recording {
  /// The recording's samples in order: each run of scans with the same name is one.
  ///
  /// A run longer than `Limits.scansPerSample` is cut there, as the daemon would end the sample.
  package var samples: [RecordedSample] {
    var result: [RecordedSample] = []
    var start = 0
    for index in scans.indices {
      let next = index + 1
      let isLast = next == scans.count || scans[next].sample != scans[index].sample
      guard isLast || next - start == Limits.scansPerSample else { continue }
      result.append(RecordedSample(name: scans[index].sample, scans: start..<next))
      start = next
    }
    return result
  }
}

extension ScanFrame {
  /// Takes the values of a recorded scan, as if a scanner had delivered them.
  ///
  /// The recording's wavelengths must be at most `Limits.wavelengths`.
  package mutating func load(_ scan: Scan, wavelengthsNanometres: [Double]) {
    let values = scan.absorbanceValues
    header = ScanHeader()
    header.pointCount = wavelengthsNanometres.count
    header.gridRevision = 1
    header.time = scan.time ?? scan.deviceTime ?? Timestamp(microsecondsSinceEpoch: 0)
    header.deviceTime = scan.deviceTime
    header.temperatureCelsius = scan.temperatureCelsius
    header.detectorTemperatureCelsius = scan.detectorTemperatureCelsius
    header.relativeHumidityPercent = scan.relativeHumidityPercent
    header.lampPhotodiode = Int32(clamping: scan.lampPhotodiode ?? 0)
    header.gain = Int32(clamping: scan.gain ?? 0)
    header.repeats = Int32(clamping: scan.repeats ?? 0)
    header.scanIndex = scan.scanIndex ?? 0
    header.referenceKind = values.isEmpty ? .none : .recorded
    for index in wavelengthsNanometres.indices {
      self.wavelengthsNanometres[index] = wavelengthsNanometres[index]
      sampleSignal[index] = scan.sampleSignal?[index] ?? 0
      referenceSignal[index] = scan.referenceSignal?[index] ?? 0
      absorbance[index] = values.isEmpty ? .nan : values[index]
    }
  }
}
