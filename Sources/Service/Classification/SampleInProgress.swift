import Chemometrics
package import Spectra
package import Streaming

/// The sample that one scanner is measuring: its identity, its running median, its answers.
///
/// Belongs to the pipeline's thread. After `init` nothing allocates until the wavelength grid or
/// the bundle changes.
package struct SampleInProgress: ~Copyable {
  /// Whether a sample is open.
  package private(set) var isOpen = false
  /// How many accepted scans the open sample has.
  package private(set) var scansCount = 0

  private let classifier: BundleClassifier?
  private let scannerIndex: Int
  private let bundleGeneration: UInt32
  private var identity = SampleIdentity(high: 0, low: 0)
  private var name = SampleName()
  private var generator = Xoshiro256()
  private var median: SampleMedian
  private var resampler: AxisResampler
  private var gridRevision: UInt32?
  /// One scan on the window.
  private var windowValues: FixedArray<Double>
  /// The same, then the scan's temperature and humidity.
  private var scanValues: FixedArray<Double>
  /// The sample's median in the same order.
  private var medianValues: FixedArray<Double>

  /// Allocates for samples of scanner `scannerIndex`, answered by `classifier`, or by nobody.
  package init(scannerIndex: Int, bundleGeneration: UInt32, classifier: BundleClassifier?) {
    self.classifier = classifier
    (self.scannerIndex, self.bundleGeneration) = (scannerIndex, bundleGeneration)
    let axis = classifier?.bundle.axis ?? SampleInProgress.axisWithoutBundle
    let window = classifier?.bundle.window ?? 0..<axis.points
    let channels = window.count + SampleInProgress.sensorCount
    resampler = AxisResampler(axis: axis, window: window)
    median = SampleMedian(channels: channels, capacity: Limits.scansPerSample)
    windowValues = FixedArray(repeating: 0, count: window.count)
    scanValues = FixedArray(repeating: 0, count: channels)
    medianValues = FixedArray(repeating: 0, count: channels)
  }

  private static let sensorCount = 2
  private static let axisWithoutBundle: WavelengthAxis = {
    guard let axis = WavelengthAxis(startNanometres: 900, endNanometres: 1700, points: 2) else {
      preconditionFailure("a valid axis")
    }
    return axis
  }()

  /// Begins a sample at `time` under a display name.
  package mutating func begin(at time: Timestamp, name: SampleName) {
    identity = SampleIdentity(time: time, using: &generator)
    self.name = name
    median.removeAll()
    scansCount = 0
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
    let reasons = judge(scan, hasSignals: hasSignals)
    if reasons.isEmpty, scansCount < Limits.scansPerSample {
      scanValues.withSpan { median.add($0) }
      scansCount += 1
      medianValues.withMutableSpan { median.write(into: &$0) }
    }
    writeHeader(of: scan, reasons: reasons, into: &slot)
    writeAnswers(into: &slot)
    slot.scan.copy(scan)
    slot.header.hasScan = true
  }

  /// Ends the sample with its last answer; `last` is its last line, which the end repeats.
  ///
  /// - Parameters:
  ///   - time: when it ended.
  ///   - monotonicNanoseconds: of the scan that completed it; nil when a silence ended it.
  package mutating func end(
    at time: Timestamp,
    monotonicNanoseconds: UInt64?,
    lastScan: ScanHeader,
    answerInto slot: inout PredictionSlot
  ) {
    precondition(isOpen, "only an open sample ends")
    writeHeader(of: lastScan, reasons: [], into: &slot)
    slot.header.isFinal = true
    slot.header.time = time
    slot.header.monotonicNanoseconds = monotonicNanoseconds
    slot.header.hasScan = false
    slot.header.isAccepted = scansCount > 0
    if classifier == nil { slot.header.qualityReasons = .noBundle }
    writeAnswers(into: &slot)
    isOpen = false
  }

  /// Resamples `scan` into `scanValues` and names what is wrong with it.
  private mutating func judge(
    _ scan: borrowing ScanFrame,
    hasSignals: Bool
  ) -> QualityReasons {
    guard let bundle = classifier?.bundle else { return .noBundle }
    let count = scan.header.pointCount
    if gridRevision != scan.header.gridRevision {
      scan.wavelengthsNanometres.withSpan {
        resampler.prepare(wavelengthsNanometres: $0.extracting(0..<count))
      }
      gridRevision = scan.header.gridRevision
    }
    let reasons = bundle.gates.reasons(for: scan, resampler: resampler, hasSignals: hasSignals)
    guard reasons.isEmpty else { return reasons }
    let channels = resampler.count
    let isFinite = scan.absorbance.withSpan { absorbance in
      windowValues.withMutableSpan { window in
        resampler.resample(absorbance.extracting(0..<count), into: &window)
      }
    }
    guard isFinite else { return .nonFinite }
    scanValues.copyPrefix(channels, of: windowValues)
    guard let temperature = scan.header.temperatureCelsius,
      let humidity = scan.header.relativeHumidityPercent
    else { return .sensorMissing }
    scanValues[channels] = temperature
    scanValues[channels + 1] = humidity
    return []
  }

  private func writeHeader(
    of scan: borrowing ScanFrame,
    reasons: QualityReasons,
    into slot: inout PredictionSlot
  ) {
    writeHeader(of: scan.header, reasons: reasons, into: &slot)
  }

  private func writeHeader(
    of scan: ScanHeader,
    reasons: QualityReasons,
    into slot: inout PredictionSlot
  ) {
    slot.header.kind = .prediction
    slot.header.scannerIndex = scannerIndex
    slot.header.bundleGeneration = bundleGeneration
    slot.header.sampleIdentity = identity
    slot.header.sampleName = name
    slot.header.scansCount = scansCount
    slot.header.isFinal = false
    // Before the first accepted scan the scan's own climate is all that is known.
    let channels = resampler.count
    slot.header.temperatureCelsius =
      scansCount > 0 ? medianValues[channels] : scan.temperatureCelsius
    slot.header.relativeHumidityPercent =
      scansCount > 0 ? medianValues[channels + 1] : scan.relativeHumidityPercent
    slot.header.referenceKind = scan.referenceKind
    slot.header.referenceAgeSeconds = scan.referenceAgeSeconds
    slot.header.time = scan.time
    slot.header.monotonicNanoseconds = scan.monotonicNanoseconds
    slot.header.isAccepted = reasons.isEmpty
    slot.header.qualityReasons = reasons
  }

  private mutating func writeAnswers(into slot: inout PredictionSlot) {
    let targets = classifier?.targets ?? []
    slot.header.targetCount = targets.count
    for index in targets.indices {
      slot.classIndices[index] = -1
      slot.classCounts[index] = 0
      slot.answerReasons[index] = []
      guard scansCount > 0 else { continue }
      let target = targets[index]
      let channels = resampler.count
      let doubts = medianValues.withSpan { values in
        target.answer(
          window: values.extracting(0..<channels),
          temperatureCelsius: values[channels],
          relativeHumidityPercent: values[channels + 1]
        )
      }
      let decision = target.decision(doubts)
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
}
