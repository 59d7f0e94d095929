import Glibc

/// One scan of a recording: what the scanner measured, when, and what is known about the sample.
///
/// Every array has one element per wavelength of the recording. What is missing is nil.
package struct Scan: Equatable, Sendable {
  /// The host's time at the end of the scan.
  package var time: Timestamp?
  /// The display name of the sample that was scanned; it may repeat.
  package var sample: String?
  /// The class of each target that is known for this sample, by target name.
  package var labels: [String: String]
  /// Counts measured on the sample, dark signal removed; may be negative.
  package var sampleSignal: [Int32]?
  /// Counts measured on the white reference, brought to this scan's configuration.
  package var referenceSignal: [Int32]?
  /// Where the reference signal came from; nil when it is not known.
  package var referenceKind: ReferenceKind?
  /// log10(reference / sample); NaN where a wavelength has no value.
  ///
  /// Nil when the recording holds both signals, of which it can be computed: see `absorbanceValues`.
  package var absorbance: [Double]?
  /// The scan header's system temperature (HDC1000) in °C.
  package var temperatureCelsius: Double?
  /// The detector's temperature (TMP006) in °C.
  package var detectorTemperatureCelsius: Double?
  /// Relative humidity in percent.
  package var relativeHumidityPercent: Double?
  /// Lamp monitor reading of the green photodiode, in counts.
  package var lampPhotodiode: Int?
  /// ADC gain (PGA), 1 to 64; 0 is the device's gain failure.
  package var gain: Int?
  /// How many passes the device averaged.
  package var repeats: Int?
  /// The scanner's own clock at the scan.
  package var deviceTime: Timestamp?
  /// The device's scan counter (`scanDataIndex`).
  package var scanIndex: UInt32?

  /// Makes a scan of which nothing is known yet.
  package init() { labels = [:] }

  /// The absorbance at every wavelength, NaN where it has no value.
  ///
  /// Uses the recorded absorbance, else log10(reference / sample) where both are positive.
  package var absorbanceValues: [Double] {
    if let absorbance { return absorbance }
    guard let sampleSignal, let referenceSignal else { return [] }
    return zip(sampleSignal, referenceSignal).map { sample, reference in
      Absorbance.value(sampleSignal: sample, referenceSignal: reference)
    }
  }
}

/// The one definition of absorbance.
package enum Absorbance {
  /// log10(reference / sample), or NaN when either is not positive.
  ///
  /// TI's program computes the same in double without the guard and so shows ∞.
  package static func value(sampleSignal: Int32, referenceSignal: Int32) -> Double {
    guard sampleSignal > 0, referenceSignal > 0 else { return .nan }
    return log10(Double(referenceSignal) / Double(sampleSignal))
  }
}
