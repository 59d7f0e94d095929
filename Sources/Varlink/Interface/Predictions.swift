extension SpectradInterface {
  /// The estimate after one scan, and once more, final, when the sample ends.
  package struct Prediction: Codable, Equatable, Sendable {
    /// Always prediction.
    package private(set) var type = "prediction"
    /// The number of this event in its stream.
    package var seq: Int
    /// When the scan's last report arrived, or when the sample ended.
    package var time: String
    /// The scanner's name.
    package var scanner: String
    /// The sample's display name; it may repeat.
    package var sample: String
    /// The sample's identity, a ULID: unique for ever.
    package var sampleId: String
    /// How many accepted scans the estimate rests on.
    package var scans: Int
    /// Whether the sample ends here.
    package var final: Bool
    /// Median temperature of the accepted scans in degrees Celsius.
    package var temperatureCelsius: Double?
    /// Median relative humidity of the accepted scans in percent.
    package var relativeHumidityPercent: Double?
    /// The reference of the last scan.
    package var reference: Reference
    /// One answer for each target of the bundle; empty without a bundle.
    package var targets: [Target]
    /// What the quality gates say about the scan.
    package var quality: Quality
    /// From the last USB report to the line being queued; null where a silence ended the sample.
    package var latencyMicroseconds: Int?
    /// Whether the bundle is for demonstration only.
    package var demonstration: Bool
    /// The bundle as name@version; null without one.
    package var bundle: String?

    /// Makes one from its members; those that are null may be left out.
    package init(
      seq: Int,
      time: String,
      scanner: String,
      sample: String,
      sampleId: String,
      scans: Int,
      final: Bool,
      temperatureCelsius: Double? = nil,
      relativeHumidityPercent: Double? = nil,
      reference: Reference,
      targets: [Target],
      quality: Quality,
      latencyMicroseconds: Int? = nil,
      demonstration: Bool,
      bundle: String? = nil
    ) {
      (self.seq, self.time, self.scanner, self.sample) = (seq, time, scanner, sample)
      self.sampleId = sampleId
      self.scans = scans
      self.final = final
      self.temperatureCelsius = temperatureCelsius?.finite
      self.relativeHumidityPercent = relativeHumidityPercent?.finite
      self.reference = reference
      self.targets = targets
      self.quality = quality
      self.latencyMicroseconds = latencyMicroseconds
      self.demonstration = demonstration
      self.bundle = bundle
    }
  }

  /// The answer for one target.
  package struct Target: Codable, Equatable, Sendable {
    /// The target's name, such as hdl_cholesterol.
    package var name: String
    /// The chosen class, such as ok; null when the daemon abstains.
    package var `class`: String?
    /// The probability of each class, of sum 1; empty when there is no estimate.
    package var probabilities: [String: Double]
    /// Why the answer is doubtful or missing: flatSpectrum, scatterDegenerate,
    /// outsideCalibration, lowConfidence.
    package var reasons: [String]

    /// Makes one from its members; those that are null may be left out.
    package init(
      name: String,
      class: String? = nil,
      probabilities: [String: Double],
      reasons: [String]
    ) {
      self.name = name
      self.class = `class`
      self.probabilities = probabilities
      self.reasons = reasons
    }
  }

  /// What the quality gates say about a scan.
  package struct Quality: Codable, Equatable, Sendable {
    /// Whether the scan entered the estimate.
    package var accepted: Bool
    /// What is wrong with it: lowLight, saturated, axisNotCovered, sensorMissing, nonFinite,
    /// referenceMissing, referenceMismatch, referenceStale, noBundle.
    package var reasons: [String]

    /// Makes one from its members.
    package init(accepted: Bool, reasons: [String]) {
      (self.accepted, self.reasons) = (accepted, reasons)
    }
  }

  /// Where a scan's reference signal came from.
  package struct Reference: Codable, Equatable, Sendable {
    /// factory, user or recorded; null when there is none.
    package var kind: String?
    /// The age of a measured reference in seconds; null for the factory's.
    package var ageSeconds: Double?

    /// Makes one from its members; those that are null may be left out.
    package init(kind: String? = nil, ageSeconds: Double? = nil) {
      (self.kind, self.ageSeconds) = (kind, ageSeconds?.finite)
    }
  }
}
