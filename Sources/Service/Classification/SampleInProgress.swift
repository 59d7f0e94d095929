import Chemometrics
package import Spectra
package import Streaming

/// The sample that one scanner is measuring: its identity, its running median, its answers.
///
/// Belongs to the pipeline's thread. After `init` nothing allocates until the wavelength grid
/// changes.
package struct SampleInProgress: ~Copyable {
  /// Whether a sample is open.
  package private(set) var isOpen = false
  /// The identity of the open sample, or of the last.
  package private(set) var identity = SampleIdentity(high: 0, low: 0)

  private let classifier: BundleClassifier?
  private let bundleGeneration: UInt32
  private var name = SampleName()
  private var began = Timestamp(microsecondsSinceEpoch: 0)
  private var generator = Xoshiro256()
  private var scansTaken = 0
  /// What was wrong with scans of the open sample.
  private var rejections: QualityReasons = []
  /// Nil without a bundle: then there is no axis to bring scans onto.
  private let median: SampleMedianSpectrum?

  /// Allocates for samples of one scanner, answered by `classifier`, or by nobody.
  package init(bundleGeneration: UInt32, classifier: BundleClassifier?) {
    (self.classifier, self.bundleGeneration) = (classifier, bundleGeneration)
    if let classifier {
      median = SampleMedianSpectrum(classifier.bundle, gates: classifier.gates)
    } else {
      median = nil
    }
  }

  /// How many accepted scans the open sample has.
  package var scansCount: Int { median?.scansCount ?? 0 }

  /// How many scans count towards the sample's end: the accepted, or all when nobody judges them.
  package var scansTowardsEnd: Int { median?.scansCount ?? scansTaken }

  /// Begins a sample at `time` under a display name.
  package mutating func begin(at time: Timestamp, name: SampleName) {
    identity = SampleIdentity(time: time, using: &generator)
    (self.name, began) = (name, time)
    median?.removeAll()
    scansTaken = 0
    rejections = []
    isOpen = true
  }

  /// Adds `scan` to the open sample and writes the answer so far.
  ///
  /// `hasSignals` is false for recordings of absorbance only: there is no light to judge.
  package mutating func add(
    _ scan: borrowing ScanFrame,
    hasSignals: Bool = true,
    answerInto slot: inout PredictionSlot
  ) {
    precondition(isOpen, "a scan belongs to a sample")
    let reasons = median?.add(scan, hasSignals: hasSignals) ?? .noBundle
    scansTaken += 1
    rejections.formUnion(reasons)
    writeHeader(of: scan.header, reasons: reasons, into: &slot)
    writeAnswers(into: &slot)
    slot.scan.copy(scan)
    slot.header.hasScan = true
  }

  /// Ends the sample at `time` and writes its last answer.
  ///
  /// `lastScan` says which reference the sample had. `monotonicNanoseconds` is that of the scan
  /// which completed the sample, nil when a silence ended it.
  package mutating func end(
    at time: Timestamp,
    monotonicNanoseconds: UInt64?,
    lastScan: ScanHeader,
    answerInto slot: inout PredictionSlot
  ) {
    precondition(isOpen, "only an open sample ends")
    // A sample without an accepted scan says what was wrong with those that it had, if any.
    let reasons: QualityReasons = classifier == nil ? .noBundle : rejections
    writeHeader(of: lastScan, reasons: scansCount > 0 ? [] : reasons, into: &slot)
    slot.header.isFinal = true
    slot.header.time = time
    slot.header.monotonicNanoseconds = monotonicNanoseconds
    slot.header.isAccepted = scansCount > 0
    slot.header.hasScan = false
    writeAnswers(into: &slot)
    isOpen = false
  }

  /// Tells of the sample that was just begun, before its first scan.
  func writeBeginning(of scanner: UInt32, into slot: inout PredictionSlot) {
    var scan = ScanHeader()
    (scan.scanner, scan.time) = (scanner, began)
    writeHeader(of: scan, reasons: [], into: &slot)
    slot.header.kind = .sampleBegan
    (slot.header.monotonicNanoseconds, slot.header.hasScan) = (nil, false)
  }

  private func writeHeader(
    of scan: ScanHeader,
    reasons: QualityReasons,
    into slot: inout PredictionSlot
  ) {
    slot.header.kind = .prediction
    slot.header.scanner = scan.scanner
    slot.header.bundleGeneration = bundleGeneration
    slot.header.sampleIdentity = identity
    slot.header.sampleName = name
    slot.header.sampleBegan = began
    slot.header.scansCount = scansCount
    slot.header.isFinal = false
    slot.header.temperatureCelsius = median?.temperatureCelsius
    slot.header.relativeHumidityPercent = median?.relativeHumidityPercent
    slot.header.referenceKind = scan.referenceKind
    slot.header.referenceAgeSeconds = scan.referenceAgeSeconds
    slot.header.time = scan.time
    slot.header.monotonicNanoseconds = scan.monotonicNanoseconds
    slot.header.isAccepted = reasons.isEmpty
    slot.header.qualityReasons = reasons
  }

  private func writeAnswers(into slot: inout PredictionSlot) {
    let targetCount = classifier?.targets.count ?? 0
    slot.header.targetCount = targetCount
    for index in 0..<targetCount {
      slot.classIndices[index] = -1
      slot.classCounts[index] = 0
      slot.answerReasons[index] = []
      writeAnswer(ofTarget: index, into: &slot)
    }
  }

  private func writeAnswer(ofTarget index: Int, into slot: inout PredictionSlot) {
    guard let target = classifier?.targets[index] else { return }
    guard let temperature = median?.temperatureCelsius,
      let humidity = median?.relativeHumidityPercent
    else { return }
    let doubts = median?.withSpectrum { spectrum in
      target.answer(
        window: spectrum,
        temperatureCelsius: temperature,
        relativeHumidityPercent: humidity
      )
    }
    let decision = target.decision(doubts ?? [])
    slot.classIndices[index] = decision.classIndex ?? -1
    slot.answerReasons[index] = decision.reasons
    target.withProbabilities { probabilities in
      slot.classCounts[index] = probabilities.count
      for position in probabilities.indices {
        slot.setProbability(probabilities[position], ofClass: position, target: index)
      }
    }
  }
}
