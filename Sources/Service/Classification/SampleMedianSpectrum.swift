package import Chemometrics
package import Spectra

/// The median spectrum and climate of one sample's accepted scans.
///
/// Nothing allocates after `init`. Belongs to one thread; a class so that it can be optional.
package final class SampleMedianSpectrum {
  /// How many scans were accepted.
  package private(set) var scansCount = 0
  /// How many points the window has.
  let channels: Int

  private let gates: QualityGates
  private var resampler: AxisResampler
  private var gridRevision: UInt64?
  private var median: SampleMedian
  /// One scan on the window.
  private var windowValues: FixedArray<Double>
  /// The same, then the scan's temperature and humidity.
  private var scanValues: FixedArray<Double>
  /// The sample's median in the same order.
  private var medianValues: FixedArray<Double>

  private static let sensorCount = 2

  /// Allocates for samples on the window of `bundle`, of scans that pass `gates`.
  package init(_ bundle: ModelBundle, gates: QualityGates) {
    channels = bundle.window.count
    self.gates = gates
    resampler = AxisResampler(axis: bundle.axis, window: bundle.window)
    let width = channels + SampleMedianSpectrum.sensorCount
    median = SampleMedian(channels: width, capacity: Limits.scansPerSample)
    windowValues = FixedArray(repeating: 0, count: channels)
    scanValues = FixedArray(repeating: 0, count: width)
    medianValues = FixedArray(repeating: 0, count: width)
  }

  /// Forgets all scans, for the next sample.
  package func removeAll() {
    median.removeAll()
    scansCount = 0
  }

  /// Adds `scan` unless something is wrong with it, which is returned.
  ///
  /// A sample that is full takes no more scans. `hasSignals` is false for recordings of absorbance
  /// only: there is no light to judge.
  package func add(
    _ scan: borrowing ScanFrame,
    hasSignals: Bool = true
  ) -> QualityReasons {
    let count = scan.header.pointCount
    if gridRevision != scan.header.gridRevision {
      scan.wavelengthsNanometres.withSpan {
        resampler.prepare(wavelengthsNanometres: $0.extracting(0..<count))
      }
      gridRevision = scan.header.gridRevision
    }
    let reasons = gates.reasons(for: scan, resampler: resampler, hasSignals: hasSignals)
    guard reasons.isEmpty else { return reasons }
    guard let temperature = scan.header.temperatureCelsius,
      let humidity = scan.header.relativeHumidityPercent
    else { return .sensorMissing }
    let isFinite = scan.absorbance.withSpan { absorbance in
      windowValues.withMutableSpan { window in
        resampler.resample(absorbance.extracting(0..<count), into: &window)
      }
    }
    guard isFinite else { return .nonFinite }
    guard !median.isFull else { return [] }
    scanValues.copyPrefix(channels, of: windowValues)
    guard SampleMedianSpectrum.isPlausible(temperature), SampleMedianSpectrum.isPlausible(humidity)
    else { return .sensorMissing }
    scanValues[channels] = temperature
    scanValues[channels + 1] = humidity
    scanValues.withSpan { median.add($0) }
    scansCount += 1
    medianValues.withMutableSpan { median.write(into: &$0) }
    return []
  }

  /// Whether a sensor can have said this; what cannot be is as good as missing.
  ///
  /// The device's own field is an integer of hundredths, at most 655.35.
  private static func isPlausible(_ reading: Double) -> Bool { abs(reading) <= 1_000 }

  /// The median temperature in °C; nil before the first accepted scan.
  package var temperatureCelsius: Double? { scansCount > 0 ? medianValues[channels] : nil }

  /// The median relative humidity in percent; nil before the first accepted scan.
  package var relativeHumidityPercent: Double? { scansCount > 0 ? medianValues[channels + 1] : nil }

  /// Lends the median spectrum on the window.
  package func withSpectrum<Result>(_ use: (Span<Double>) -> Result) -> Result {
    medianValues.withSpan { use($0.extracting(0..<channels)) }
  }
}
