import Glibc
package import Spectra

/// Why a recording cannot be replayed.
package enum ReplayError: Error, Equatable, CustomStringConvertible {
  /// It holds no scan.
  case noScans
  /// A count does not fit the device's converter; scan and point count from 1.
  case countOutOfRange(scan: Int, point: Int, found: Int32)
  /// A scan has neither both signals nor absorbance, and its wavelengths are no device's.
  case noAbsorbance(scan: Int)

  package var description: String {
    switch self {
    case .noScans: "found no scan; expected at least one"
    case .countOutOfRange(let scan, let point, let found):
      "scan \(scan), point \(point): found \(found) counts; expected at most "
        + "\(RecordingPreparation.countLimit) as of a 24-bit converter"
    case .noAbsorbance(let scan):
      "scan \(scan): found no absorbance; expected it, or both signals and a scanner's wavelengths"
    }
  }
}

/// What had to be changed for a device to be able to measure a recording.
package struct PreparationReport: Equatable, Sendable {
  /// Where the wavelengths come from.
  package var grid = DeviceGrid.Origin.recorded
  /// Scans whose counts were made from their absorbance.
  package var scansFromAbsorbance = 0
  /// Scans that were measured against another reference than the one that is served.
  package var scansRescaled = 0
  /// The largest error of absorbance that whole counts brought with them.
  package var absorbanceError = 0.0
  /// Points that have absorbance in the recording but no count that could express it.
  package var pointsLost = 0

  /// Makes the report of a recording that needed no change.
  package init() {}
}

/// Turns a recording into what a virtual scanner serves.
package struct RecordingPreparation {
  /// The converter has 24 bits with sign.
  package static let countLimit: Int32 = 8_388_607
  /// The reference's counts at the lamp's maximum where a recording has no counts of its own.
  package static let lampCounts = 2_000_000.0

  private let recording: Recording
  private let grid: DeviceGrid
  private let reference: [Int32]
  private let referenceGain: UInt8
  private var report = PreparationReport()

  /// Prepares `recording`; what comes out of a host's decoder is then what went in, or as near to
  /// it as the report says.
  package static func prepare(
    _ recording: Recording
  ) throws(ReplayError) -> (PlayableRecording, PreparationReport) {
    guard !recording.scans.isEmpty else { throw .noScans }
    var preparation = RecordingPreparation(recording)
    let scans = try preparation.scans()
    return (preparation.playable(scans), preparation.report)
  }

  private init(_ recording: Recording) {
    self.recording = recording
    grid = DeviceGrid(for: recording)
    report.grid = grid.origin
    let measured = recording.scans.first { $0.referenceSignal != nil }
    if grid.origin != .invented, let measured, let signal = measured.referenceSignal {
      (reference, referenceGain) = (signal, RecordingPreparation.gain(of: measured) ?? 64)
    } else if grid.origin != .invented, recording.scans.allSatisfy({ $0.absorbance == nil }) {
      // Sample signals without a reference: the device's reference file is empty, too.
      reference = [Int32](repeating: 0, count: grid.nanometres.count)
      referenceGain = 64
    } else {
      reference = grid.nanometres.map { wavelength in
        let intensity = LampCurve.relativeIntensity(nanometres: wavelength)
        return Int32((RecordingPreparation.lampCounts * intensity).rounded())
      }
      referenceGain = 64
    }
  }

  private func playable(_ scans: [PlayableScan]) -> PlayableRecording {
    let scanner = recording.scanner
    let serial = PlayableRecording.serial(scanner.serialNumber ?? "SIM0001", ofScanner: 1)
    var playable = PlayableRecording(
      serial: serial,
      calibration: grid.calibration,
      configuration: ScanConfiguration(
        identifier: 113,
        serial: serial,
        name: scanner.configurationName ?? "Column 1",
        repeats: scans.lazy.compactMap(\.repeats).first ?? 6,
        sections: [grid.section]
      ),
      reference: reference,
      referenceGain: referenceGain,
      scans: scans
    )
    if let model = scanner.model { playable.model = model }
    return playable
  }

  private mutating func scans() throws(ReplayError) -> [PlayableScan] {
    try check(reference, scan: 0)
    var scans: [PlayableScan] = []
    var sampleNumber = 0
    for (index, scan) in recording.scans.enumerated() {
      if index > 0, scan.sample != recording.scans[index - 1].sample { sampleNumber += 1 }
      var playable = PlayableScan(
        sampleNumber: sampleNumber,
        signal: try signal(of: scan, number: index + 1)
      )
      try check(playable.signal, scan: index + 1)
      playable.systemHundredths = RecordingPreparation.hundredths(scan.temperatureCelsius)
      playable.detectorHundredths = RecordingPreparation.hundredths(scan.detectorTemperatureCelsius)
      playable.humidityHundredths = RecordingPreparation.hundredths(scan.relativeHumidityPercent)
      playable.lampPhotodiode = scan.lampPhotodiode.map { UInt16(clamping: $0) }
      playable.gain = RecordingPreparation.gain(of: scan) ?? referenceGain
      playable.repeats = scan.repeats.map { max(1, UInt16(clamping: $0)) }
      playable.deviceTime = scan.deviceTime
      playable.scanIndex = scan.scanIndex
      scans.append(playable)
    }
    return scans
  }

  private func check(_ signal: [Int32], scan: Int) throws(ReplayError) {
    let limit = RecordingPreparation.countLimit
    guard let point = signal.firstIndex(where: { !(-limit...limit).contains($0) }) else { return }
    throw .countOutOfRange(scan: scan, point: point + 1, found: signal[point])
  }

  private static func gain(of scan: Scan) -> UInt8? { scan.gain.map { UInt8(clamping: $0) } }

  private static func hundredths<Value: FixedWidthInteger>(_ value: Double?) -> Value? {
    guard let value, value.isFinite else { return nil }
    let limits = Double(Value.min)...Double(Value.max)
    return Value(min(max((value * 100).rounded(), limits.lowerBound), limits.upperBound))
  }
}

extension RecordingPreparation {
  /// The counts of one scan against the served reference.
  private mutating func signal(of scan: Scan, number: Int) throws(ReplayError) -> [Int32] {
    let reference = reference(atGain: RecordingPreparation.gain(of: scan))
    if grid.origin != .invented, let signal = scan.sampleSignal {
      guard let own = scan.referenceSignal, own != reference else { return signal }
      report.scansRescaled += 1
      return rescaled(signal, from: own, to: reference)
    }
    let absorbance = scan.absorbanceValues
    guard !absorbance.isEmpty else { throw .noAbsorbance(scan: number) }
    report.scansFromAbsorbance += 1
    let values =
      grid.origin == .invented
      ? Interpolation.values(
        at: grid.nanometres,
        positions: recording.wavelengthsNanometres,
        values: absorbance
      ) : absorbance
    return zip(values, reference).map { value, reference in
      counts(absorbance: value, reference: reference)
    }
  }

  /// What a host makes of the reference for a scan with another gain: it scales and truncates.
  private func reference(atGain gain: UInt8?) -> [Int32] {
    guard let gain, gain != 0, referenceGain != 0, gain != referenceGain else { return reference }
    return reference.map { Int32(clamping: Int64($0) * Int64(gain) / Int64(referenceGain)) }
  }

  private mutating func rescaled(
    _ signal: [Int32],
    from own: [Int32],
    to reference: [Int32]
  ) -> [Int32] {
    signal.indices.map { point in
      let value = Absorbance.value(
        sampleSignal: signal[point],
        referenceSignal: own[point]
      )
      guard value.isFinite else { return min(signal[point], 0) }
      return counts(absorbance: value, reference: reference[point])
    }
  }

  /// The whole count that expresses an absorbance best; 0 where there is none.
  private mutating func counts(absorbance: Double, reference: Int32) -> Int32 {
    guard absorbance.isFinite else { return 0 }
    let exact = Double(reference) * pow(10, -absorbance)
    let counts = Int32(min(max(exact, 0), Double(RecordingPreparation.countLimit)).rounded())
    let reached = Absorbance.value(sampleSignal: counts, referenceSignal: reference)
    if reached.isFinite {
      report.absorbanceError = max(report.absorbanceError, abs(reached - absorbance))
    } else {
      report.pointsLost += 1
    }
    return counts
  }
}
