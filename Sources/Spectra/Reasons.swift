/// What is wrong with a scan, under the stable names that clients read.
@frozen
package struct QualityReasons: OptionSet, Hashable, Sendable, BitwiseCopyable {
  package let rawValue: UInt32
  /// Makes a set from its bits.
  @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The sample signal is below the bundle's minimum somewhere in the window.
  package static let lowLight = QualityReasons(rawValue: 1 << 0)
  /// A raw count reached the bundle's maximum.
  package static let saturated = QualityReasons(rawValue: 1 << 1)
  /// The scan does not reach every wavelength of the window.
  package static let axisNotCovered = QualityReasons(rawValue: 1 << 2)
  /// A temperature or humidity was not delivered.
  package static let sensorMissing = QualityReasons(rawValue: 1 << 3)
  /// A point that the window needs has no value.
  package static let nonFinite = QualityReasons(rawValue: 1 << 4)
  /// There is no reference to compute absorbance with.
  package static let referenceMissing = QualityReasons(rawValue: 1 << 5)
  /// The reference is of another kind than the bundle was trained with.
  package static let referenceMismatch = QualityReasons(rawValue: 1 << 6)
  /// The measured reference is older than the configuration allows.
  package static let referenceStale = QualityReasons(rawValue: 1 << 7)
  /// No bundle is loaded.
  package static let noBundle = QualityReasons(rawValue: 1 << 8)

  private static let orderedNames = [
    "lowLight", "saturated", "axisNotCovered", "sensorMissing", "nonFinite", "referenceMissing",
    "referenceMismatch", "referenceStale", "noBundle",
  ]

  /// The names of the reasons in this set, in the order of their bits.
  package var names: [String] {
    QualityReasons.orderedNames.enumerated().filter { rawValue & (1 << $0.offset) != 0 }
      .map(\.element)
  }

  /// The set of those reasons that have these names; other names are passed over.
  package init(names: [String]) {
    rawValue = QualityReasons.orderedNames.enumerated().reduce(into: 0) { bits, reason in
      if names.contains(reason.element) { bits |= 1 << reason.offset }
    }
  }
}

/// Why an answer is doubtful or missing, under the stable names that clients read.
@frozen
package struct AnswerReasons: OptionSet, Hashable, Sendable, BitwiseCopyable {
  package let rawValue: UInt32
  /// Makes a set from its bits.
  @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The spectrum has no shape: its range after the derivative is below 1e-6.
  package static let flatSpectrum = AnswerReasons(rawValue: 1 << 0)
  /// The scatter correction found too little of the reference spectrum to divide by.
  package static let scatterDegenerate = AnswerReasons(rawValue: 1 << 1)
  /// The spectrum is unlike those the model was trained on (Hotelling T² or Q residual).
  package static let outsideCalibration = AnswerReasons(rawValue: 1 << 2)
  /// No class reaches the bundle's minimum probability.
  package static let lowConfidence = AnswerReasons(rawValue: 1 << 3)

  private static let orderedNames = [
    "flatSpectrum", "scatterDegenerate", "outsideCalibration", "lowConfidence",
  ]

  /// The names of the reasons in this set, in the order of their bits.
  package var names: [String] {
    AnswerReasons.orderedNames.enumerated().filter { rawValue & (1 << $0.offset) != 0 }
      .map(\.element)
  }

  /// The set of those reasons that have these names; other names are passed over.
  package init(names: [String]) {
    rawValue = AnswerReasons.orderedNames.enumerated().reduce(into: 0) { bits, reason in
      if names.contains(reason.element) { bits |= 1 << reason.offset }
    }
  }
}
