package import Spectra
package import Store

/// Events whose every byte follows from their number, so that anyone can check what was stored.
package enum TrialEvents {
  /// Predictions of one sample before the next sample begins.
  package static let eventsPerSample: UInt64 = 12
  /// The wavelengths of every scan.
  package static let wavelengthsNanometres = (0..<228).map { 900 + Double($0) * 3.5087 }

  /// The scanner of every scan.
  package static var scanner: ScannerDescription {
    var scanner = ScannerDescription()
    scanner.serialNumber = "6100001"
    scanner.model = "NIRscan Nano"
    scanner.shiftVectorCoefficients = [-4.94, 0.0513, -0.000078]
    return scanner
  }

  /// The event of number `sequence`: every fiftieth is a scanner's, all others are predictions.
  package static func event(_ sequence: UInt64) -> StoredEvent {
    guard sequence % 50 != 0 else {
      return StoredEvent(
        sequence: sequence,
        time: time(sequence),
        kind: "scanner",
        scanner: "6100001",
        line: line(sequence)
      )
    }
    return StoredEvent(
      sequence: sequence,
      time: time(sequence),
      kind: "prediction",
      scanner: "6100001",
      sample: sampleName(sequence),
      sampleId: sampleId(sequence),
      scans: Int(sequence % eventsPerSample) + 1,
      isFinal: sequence % eventsPerSample == eventsPerSample - 1,
      bundle: "trial@1.0.0",
      line: line(sequence),
      scan: StoredScan(
        scan: scan(sequence),
        gridRevision: 1,
        wavelengthsNanometres: wavelengthsNanometres,
        scanner: scanner
      )
    )
  }

  /// The events of these numbers.
  package static func events(_ numbers: ClosedRange<UInt64>) -> [StoredEvent] {
    numbers.map(event)
  }

  /// The name of the sample that a number belongs to.
  package static func sampleName(_ sequence: UInt64) -> String {
    "blood \(sequence / eventsPerSample)"
  }

  /// The identity of the sample that a number belongs to: they sort as the numbers do.
  package static func sampleId(_ sequence: UInt64) -> String {
    let digits = String(sequence / eventsPerSample)
    return "01TRIAL" + String(repeating: "0", count: 19 - digits.utf8.count) + digits
  }

  /// When an event happens: a minute after the one before.
  package static func time(_ sequence: UInt64) -> Timestamp {
    Timestamp(microsecondsSinceEpoch: 1_750_000_000_000_000 + Int64(sequence) * 60_000_000)
  }

  /// The line of a number, about as long as real ones.
  package static func line(_ sequence: UInt64) -> [UInt8] {
    var line = JSONLine(reservingBytes: 1_024)
    line.add("type", sequence % 50 == 0 ? "scanner" : "prediction")
    line.add("seq", sequence)
    if sequence % 50 != 0 {
      line.add("sample", sampleName(sequence))
      line.add("sampleId", sampleId(sequence))
    }
    line.add("values", (0..<48).map { Int(mixed(sequence &* 64 &+ $0) % 1_000_000) })
    return line.finish()
  }

  /// The scan of a number.
  package static func scan(_ sequence: UInt64) -> Scan {
    var scan = Scan()
    scan.time = time(sequence)
    scan.sample = sampleName(sequence)
    scan.sampleSignal = (0..<228).map { index in
      Int32(20_000 + 40 * index) + Int32(mixed(sequence &* 256 &+ UInt64(index)) % 200)
    }
    scan.referenceSignal = (0..<228).map { 60_000 + 90 * $0 }
    scan.referenceKind = .factory
    scan.temperatureCelsius = 35 + Double(mixed(sequence) % 1_000) / 100
    scan.detectorTemperatureCelsius = 22.5
    scan.relativeHumidityPercent = 31.25
    scan.lampPhotodiode = Int(mixed(sequence) % 4_000)
    scan.gain = 64
    scan.repeats = 6
    scan.scanIndex = UInt32(truncatingIfNeeded: sequence)
    return scan
  }

  /// Splitmix64: bits that follow from a number and look like chance.
  package static func mixed(_ value: UInt64) -> UInt64 {
    var bits = value &+ 0x9E37_79B9_7F4A_7C15
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return bits ^ bits >> 31
  }
}
