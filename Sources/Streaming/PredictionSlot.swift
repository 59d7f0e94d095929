package import Spectra

/// What the pipeline decided after one scan, or at a sample's end, in storage of fixed size.
///
/// Names, texts and JSON are made of it on the publishing thread, where allocating is allowed.
@frozen
package struct PredictionSlot: ~Copyable, Sendable {
  /// What a slot tells.
  @frozen
  package enum Kind: Equatable, Sendable, BitwiseCopyable {
    /// An answer: all fields are meant.
    case prediction
    /// So many scans of `header.scanner` were dropped by its full ring at `header.time`; no other
    /// field is meant.
    case scansLost(count: UInt64)
    /// A client began the sample of `header.sampleIdentity`; of the rest only its name, its time
    /// and its scanner are meant.
    case sampleBegan
    /// Samples that begin from now on are answered by `header.bundleGeneration`; besides, only the
    /// time is meant.
    case bundleInUse
    /// No later slot is of `header.bundleGeneration`; no other field is meant.
    case bundleRetired
  }

  /// The part that is not a vector.
  @frozen
  package struct Header: Sendable, BitwiseCopyable {
    /// What this slot tells.
    package var kind = Kind.prediction
    /// Which scanner, as in `ScanHeader`.
    package var scanner: UInt32 = 0
    /// Which bundle answered; 0 when there was none.
    package var bundleGeneration: UInt32 = 0
    /// The sample's identity.
    package var sampleIdentity = SampleIdentity(high: 0, low: 0)
    /// The sample's display name.
    package var sampleName = SampleName()
    /// CLOCK_REALTIME when the sample began.
    package var sampleBegan = Timestamp(microsecondsSinceEpoch: 0)
    /// How many accepted scans the estimate rests on.
    package var scansCount = 0
    /// Whether the sample ends here.
    package var isFinal = false
    /// Median temperature of the sample's accepted scans in °C.
    package var temperatureCelsius: Double?
    /// Median relative humidity of the sample's accepted scans in percent.
    package var relativeHumidityPercent: Double?
    /// Where the reference signal came from.
    package var referenceKind = ReferenceKind.none
    /// The age of a measured reference in seconds.
    package var referenceAgeSeconds: Double?
    /// CLOCK_REALTIME at the scan's last report, or when the sample ended by silence.
    package var time = Timestamp(microsecondsSinceEpoch: 0)
    /// CLOCK_MONOTONIC in nanoseconds at the scan's last report; nil after a silence.
    package var monotonicNanoseconds: UInt64?
    /// CLOCK_MONOTONIC in nanoseconds when the answer was complete.
    package var answeredNanoseconds: UInt64 = 0
    /// Whether the scan entered the estimate.
    package var isAccepted = false
    /// What is wrong with the scan.
    package var qualityReasons: QualityReasons = []
    /// How many of the vectors' targets are valid, at most `Limits.targets`.
    package var targetCount = 0
    /// Whether `scan` holds the scan behind this answer.
    package var hasScan = false

    /// Makes the header of an empty answer.
    @inlinable
    package init() {}
  }

  /// Everything that is not a vector.
  package var header = Header()
  /// Per target the index of the chosen class, or -1 when the daemon abstains.
  package var classIndices = FixedArray<Int>(repeating: -1, count: Limits.targets)
  /// Per target how many classes it has; 0 when there are no probabilities.
  package var classCounts = FixedArray<Int>(repeating: 0, count: Limits.targets)
  /// Probability of class c of target t at `t * Limits.classes + c`.
  package var probabilities = FixedArray<Double>(
    repeating: 0,
    count: Limits.targets * Limits.classes
  )
  /// Per target why its answer is doubtful or missing.
  package var answerReasons = FixedArray<AnswerReasons>(repeating: [], count: Limits.targets)
  /// A copy of the scan for recordings and the store; valid when `header.hasScan`.
  package var scan = ScanFrame()

  /// Allocates an empty slot.
  package init() {}

  /// The probability of class `classIndex` of target `targetIndex`.
  package func probability(ofClass classIndex: Int, target targetIndex: Int) -> Double {
    probabilities[PredictionSlot.probabilityIndex(classIndex, targetIndex)]
  }

  /// Stores the probability of class `classIndex` of target `targetIndex`.
  package mutating func setProbability(
    _ probability: Double,
    ofClass classIndex: Int,
    target targetIndex: Int
  ) {
    probabilities[PredictionSlot.probabilityIndex(classIndex, targetIndex)] = probability
  }

  private static func probabilityIndex(_ classIndex: Int, _ targetIndex: Int) -> Int {
    precondition(classIndex >= 0 && classIndex < Limits.classes, "class outside the limits")
    precondition(targetIndex >= 0 && targetIndex < Limits.targets, "target outside the limits")
    return targetIndex * Limits.classes + classIndex
  }
}
