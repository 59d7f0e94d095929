import Spectra

/// A generator whose numbers follow from its seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension Recording {
  /// A recording in which everything that may be missing sometimes is.
  static func random(seed: UInt64) -> Recording {
    var generator = SeededGenerator(seed: seed)
    let pointCount = Int.random(in: 1...60, using: &generator)
    var wavelength = Double.random(in: 0.001...900, using: &generator)
    var wavelengths: [Double] = []
    for _ in 0..<pointCount {
      wavelengths.append(wavelength)
      wavelength += Double.random(in: 0.001...10, using: &generator)
    }
    let scans = (0..<Int.random(in: 1...8, using: &generator)).map { _ in
      Scan.random(pointCount: pointCount, using: &generator)
    }
    return Recording(
      wavelengthsNanometres: wavelengths,
      scanner: .random(using: &generator),
      scans: scans
    )
  }
}

extension ScannerDescription {
  private static func sometimes<Value>(
    _ value: Value,
    _ generator: inout SeededGenerator
  ) -> Value? {
    Bool.random(using: &generator) ? value : nil
  }

  static func random(using generator: inout SeededGenerator) -> ScannerDescription {
    var scanner = ScannerDescription()
    scanner.serialNumber = sometimes(String.random(using: &generator), &generator)
    scanner.model = sometimes("NIRscan Nano", &generator)
    scanner.firmware = sometimes("2.1.0", &generator)
    scanner.configurationName = sometimes(String.random(using: &generator), &generator)
    scanner.patternWidthPixels = sometimes(Int.random(in: 1...64, using: &generator), &generator)
    scanner.startNanometres = sometimes(Double.random(in: 0...1e4, using: &generator), &generator)
    scanner.endNanometres = sometimes(Double.random(in: 0...1e4, using: &generator), &generator)
    scanner.shiftVectorCoefficients = sometimes([-10.5391, 0.0761263, -1e-300], &generator)
    scanner.pixelToWavelengthCoefficients = sometimes(
      [1775.68, .leastNonzeroMagnitude, 1.7e308],
      &generator
    )
    return scanner
  }
}

extension Scan {
  static func random(pointCount: Int, using generator: inout SeededGenerator) -> Scan {
    var scan = Scan()
    func sometimes<Value>(_ value: Value) -> Value? {
      Bool.random(using: &generator) ? value : nil
    }
    if Bool.random(using: &generator) {
      scan.sampleSignal = (0..<pointCount).map { _ in .random(in: .min ... .max, using: &generator)
      }
      scan.referenceSignal = sometimes(
        (0..<pointCount).map { _ in .random(in: .min ... .max, using: &generator) }
      )
    }
    if scan.sampleSignal == nil || Bool.random(using: &generator) {
      scan.absorbance = (0..<pointCount).map { _ in
        Double.random(in: 0...9, using: &generator) < 1
          ? .nan : Double.random(in: -2...6, using: &generator)
      }
    }
    let microseconds = Int64.random(in: 0...4_000_000_000_000_000, using: &generator)
    scan.time = sometimes(Timestamp(microsecondsSinceEpoch: microseconds))
    scan.deviceTime = sometimes(Timestamp(microsecondsSinceEpoch: microseconds / 7))
    scan.sample = sometimes(String.random(using: &generator))
    for target in ["hdl_cholesterol", "hemoglobin(hgb), human"] where Bool.random(using: &generator)
    {
      scan.labels[target] = ["low", "ok", "high"].randomElement(using: &generator)
    }
    scan.temperatureCelsius = sometimes(Double.random(in: -40...125, using: &generator))
    scan.detectorTemperatureCelsius = sometimes(Double.random(in: -40...125, using: &generator))
    scan.relativeHumidityPercent = sometimes(Double.random(in: 0...100, using: &generator))
    scan.lampPhotodiode = sometimes(Int.random(in: 0...4095, using: &generator))
    scan.gain = sometimes(64)
    scan.repeats = sometimes(Int.random(in: 1...50, using: &generator))
    scan.scanIndex = sometimes(UInt32.random(in: .min ... .max, using: &generator))
    return scan
  }
}

extension String {
  /// A short name with the characters that formats stumble over.
  static func random(using generator: inout SeededGenerator) -> String {
    let characters = Array("aZ09 _-/\\\",;:{}'\t\n\r\u{1}\u{7F}é∞🩸")
    let count = Int.random(in: 1...10, using: &generator)
    return String((0..<count).map { _ in characters.randomElement(using: &generator) ?? "a" })
  }
}

extension Recording {
  /// Equal in everything, where a point without a value equals another such point.
  ///
  /// `==` cannot be used because NaN is not equal to itself.
  func isSame(as other: Recording) -> Bool {
    var (left, right) = (self, other)
    for index in left.scans.indices { left.scans[index].replaceNaN() }
    for index in right.scans.indices { right.scans[index].replaceNaN() }
    return left == right
  }
}

extension Scan {
  fileprivate mutating func replaceNaN() {
    absorbance = absorbance?.map { $0.isNaN ? -1e300 : $0 }
  }
}
