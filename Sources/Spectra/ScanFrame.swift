/// One decoded scan on its way through the pipeline, in storage that is allocated once.
///
/// A ring's slots are frames. The acquisition thread decodes the scanner's file straight into one,
/// the pipeline thread reads it there; nothing is allocated in between.
@frozen
package struct ScanFrame: ~Copyable, Sendable {
  /// Everything that is not a vector.
  package var header = ScanHeader()
  /// The wavelength of every point in nanometres; the first `header.pointCount` are valid.
  package var wavelengthsNanometres = FixedArray<Double>(repeating: 0, count: Limits.wavelengths)
  /// Counts measured on the sample, dark signal removed.
  package var sampleSignal = FixedArray<Int32>(repeating: 0, count: Limits.wavelengths)
  /// Counts of the reference, brought to this scan's configuration.
  package var referenceSignal = FixedArray<Int32>(repeating: 0, count: Limits.wavelengths)
  /// log10(reference / sample), NaN where a point has no value.
  package var absorbance = FixedArray<Double>(repeating: 0, count: Limits.wavelengths)

  /// Allocates an empty frame.
  package init() {}

  /// Copies the valid points and the header of `other`; allocates nothing.
  package mutating func copy(_ other: borrowing ScanFrame) {
    let count = other.header.pointCount
    header = other.header
    wavelengthsNanometres.copyPrefix(count, of: other.wavelengthsNanometres)
    sampleSignal.copyPrefix(count, of: other.sampleSignal)
    referenceSignal.copyPrefix(count, of: other.referenceSignal)
    absorbance.copyPrefix(count, of: other.absorbance)
  }
}

/// The fixed-size part of a scan.
@frozen
package struct ScanHeader: Sendable, BitwiseCopyable {
  /// How many points of the frame's vectors are valid, at most `Limits.wavelengths`.
  package var pointCount = 0
  /// Equal for scans at the same wavelengths and no others, also of different connections.
  ///
  /// The pipeline computes its interpolation weights once per grid.
  package var gridRevision: UInt64 = 0
  /// Which scanner made it, by the number that the service gave it.
  package var scanner: UInt32 = 0
  /// CLOCK_REALTIME when the scan's last report arrived.
  package var time = Timestamp(microsecondsSinceEpoch: 0)
  /// CLOCK_MONOTONIC in nanoseconds when the scan's last report arrived.
  package var monotonicNanoseconds: UInt64 = 0
  /// The scanner's own clock at the scan; nil when its bytes are no date.
  package var deviceTime: Timestamp?
  /// The system temperature (HDC1000) in °C; nil when the sensor failed.
  package var temperatureCelsius: Double?
  /// The detector's temperature (TMP006) in °C; nil when the sensor failed.
  package var detectorTemperatureCelsius: Double?
  /// Relative humidity in percent; nil when the sensor failed.
  package var relativeHumidityPercent: Double?
  /// Lamp monitor reading in counts.
  package var lampPhotodiode: Int32 = 0
  /// ADC gain; 0 is the device's gain failure.
  package var gain: Int32 = 0
  /// How many passes the device averaged.
  package var repeats: Int32 = 0
  /// The device's scan counter.
  package var scanIndex: UInt32 = 0
  /// The largest raw ADC word of the scan, dark signal included: what saturation is judged by.
  package var maximumRawCount: Int32 = 0
  /// Where the reference signal came from.
  package var referenceKind = ReferenceKind.none
  /// The age of a measured reference in seconds; nil for the factory's.
  package var referenceAgeSeconds: Double?

  /// Makes a header of an empty scan.
  @inlinable
  package init() {}
}

/// Where a reference signal came from.
@frozen
package enum ReferenceKind: UInt8, Sendable, BitwiseCopyable {
  /// There is none.
  case none
  /// Stored in the scanner by its maker.
  case factory
  /// Measured by the user on a white standard.
  case user
  /// Came with a recording.
  case recorded

  /// The kind of this name, or nil when there is none.
  package init?(name: String) {
    switch name {
    case "factory": self = .factory
    case "user": self = .user
    case "recorded": self = .recorded
    default: return nil
    }
  }

  /// The name clients read, or nil when there is no reference.
  package var name: String? {
    switch self {
    case .none: nil
    case .factory: "factory"
    case .user: "user"
    case .recorded: "recorded"
    }
  }
}
