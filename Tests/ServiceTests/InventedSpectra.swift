import Glibc
import Service
import Spectra

/// Spectra that were never measured, for the tests' bundle.
enum InventedSpectra {
  /// A grid as a scanner has it: 228 points that rise by less and less.
  static let wavelengthsNanometres = (0..<228).map { index in
    let share = Double(index) / 227
    return 898 + 830 * share - 22 * share * share
  }

  /// The absorbance of one scan of one sample, on `wavelengthsNanometres`.
  static func absorbance(sample: Int, scan: Int) -> [Double] {
    wavelengthsNanometres.map { wavelength in
      let water = 0.4 + 0.1 * Double(sample % 7)
      let fat = 0.9 - 0.1 * Double(sample % 5)
      let wobble = 0.004 * sin(wavelength / 7 + 2.3 * Double(scan) + Double(sample))
      return 1.1 + 2e-4 * (wavelength - 900) + water * bell(wavelength, 980, 30)
        + fat * bell(wavelength, 1190, 45) + 0.5 * bell(wavelength, 1280, 35) + wobble
    }
  }

  /// One scan with everything that the quality gates ask for.
  static func scan(sample: Int, scan: Int) -> Scan {
    var result = Scan()
    result.sample = "sample \(sample)"
    result.absorbance = absorbance(sample: sample, scan: scan)
    result.temperatureCelsius = 41 + 0.1 * Double(scan % 3)
    result.relativeHumidityPercent = 30 - 0.2 * Double(scan % 5)
    result.time = Timestamp(microsecondsSinceEpoch: Int64(1_000_000 * (100 * sample + scan)))
    return result
  }

  /// A recording of `samples` samples with `scans` scans each.
  static func recording(samples: Int, scans: Int) -> Recording {
    var scanner = ScannerDescription()
    scanner.serialNumber = "INVENT1"
    return Recording(
      wavelengthsNanometres: wavelengthsNanometres,
      scanner: scanner,
      scans: (1...samples).flatMap { sample in
        (1...scans).map { InventedSpectra.scan(sample: sample, scan: $0) }
      }
    )
  }

  /// Fills a frame as an acquisition would.
  static func fill(_ frame: inout ScanFrame, sample: Int, scan: Int) {
    frame.load(
      InventedSpectra.scan(sample: sample, scan: scan),
      wavelengthsNanometres: wavelengthsNanometres
    )
    for index in wavelengthsNanometres.indices { frame.sampleSignal[index] = 1_000 }
    frame.header.maximumRawCount = 2_000
    frame.header.referenceKind = .factory
    frame.header.monotonicNanoseconds = MonotonicClock.nanoseconds()
    frame.header.scanIndex = UInt32(scan)
  }

  private static func bell(_ x: Double, _ centre: Double, _ width: Double) -> Double {
    exp(-0.5 * (x - centre) * (x - centre) / (width * width))
  }
}
