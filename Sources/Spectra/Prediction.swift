/// What the daemon answers after one scan of a sample, or at the sample's end.
package struct Prediction: Equatable, Sendable {
  /// CLOCK_REALTIME at the scan's last report, or at the end of the silence that ended the sample.
  package var time: Timestamp
  /// The scanner's name: the serial number it reports.
  package var scanner: String
  /// The sample's display name; it may repeat.
  package var sample: String
  /// The sample's identity, unique for ever (a ULID).
  package var sampleId: String
  /// How many accepted scans the estimate rests on.
  package var scans: Int
  /// Whether this is the sample's last line.
  package var final: Bool
  /// Median temperature of the sample's accepted scans in °C.
  package var temperatureCelsius: Double?
  /// Median relative humidity of the sample's accepted scans in percent.
  package var relativeHumidityPercent: Double?
  /// Where the reference signal came from.
  package var referenceKind: ReferenceKind
  /// The age of a measured reference in seconds.
  package var referenceAgeSeconds: Double?
  /// One answer per target of the bundle, in the bundle's order.
  package var targets: [TargetPrediction]
  /// Whether the scan entered the estimate.
  package var accepted: Bool
  /// What is wrong with the scan; empty when nothing is.
  package var qualityReasons: QualityReasons
  /// Microseconds from the scan's last USB report to just before its line is encoded; nil after a
  /// silence.
  ///
  /// Excluded are what follows: encoding, the client's queue and the socket.
  package var latencyMicroseconds: Int?
  /// Whether the bundle is for demonstration only.
  package var demonstration: Bool
  /// The bundle as `name@version`; nil without one.
  package var bundle: String?

  /// Makes a prediction from all its parts.
  package init(
    time: Timestamp,
    scanner: String,
    sample: String,
    sampleId: String,
    scans: Int,
    final: Bool,
    temperatureCelsius: Double?,
    relativeHumidityPercent: Double?,
    referenceKind: ReferenceKind,
    referenceAgeSeconds: Double?,
    targets: [TargetPrediction],
    accepted: Bool,
    qualityReasons: QualityReasons,
    latencyMicroseconds: Int?,
    demonstration: Bool,
    bundle: String?
  ) {
    (self.time, self.scanner, self.sample, self.sampleId) = (time, scanner, sample, sampleId)
    (self.scans, self.final) = (scans, final)
    self.temperatureCelsius = temperatureCelsius
    self.relativeHumidityPercent = relativeHumidityPercent
    (self.referenceKind, self.referenceAgeSeconds) = (referenceKind, referenceAgeSeconds)
    (self.targets, self.accepted, self.qualityReasons) = (targets, accepted, qualityReasons)
    (self.latencyMicroseconds, self.demonstration) = (latencyMicroseconds, demonstration)
    self.bundle = bundle
  }
}

/// The answer for one target, such as `hdl_cholesterol`.
package struct TargetPrediction: Equatable, Sendable {
  /// The target's name in the bundle.
  package var name: String
  /// The names of the classes in the bundle's order, such as low, ok, high.
  package var classes: [String]
  /// One probability per class, of sum 1; empty when there is no estimate.
  package var probabilities: [Double]
  /// The index of the chosen class, or nil when the daemon abstains.
  package var classIndex: Int?
  /// Why the answer is doubtful or missing.
  package var reasons: AnswerReasons

  /// Makes an answer from its parts.
  package init(
    name: String,
    classes: [String],
    probabilities: [Double],
    classIndex: Int?,
    reasons: AnswerReasons
  ) {
    (self.name, self.classes, self.probabilities) = (name, classes, probabilities)
    (self.classIndex, self.reasons) = (classIndex, reasons)
  }
}
