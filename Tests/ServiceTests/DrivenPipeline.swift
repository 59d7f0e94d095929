import Glibc
import Service
import Spectra
import Streaming
import Synchronization

/// The pipeline's thread between rings whose outer ends the test holds.
final class DrivenPipeline {
  /// What the test keeps of a prediction slot.
  struct Answer: Equatable {
    var kind: PredictionSlot.Kind
    var lane: Int
    var sample: String
    var identity: SampleIdentity
    var scanIndex: UInt32
    var scans: Int
    var isFinal: Bool
    var isAccepted: Bool
    var reasons: QualityReasons
    var hasLatency: Bool
    var hasScan: Bool
    var targetCount: Int
    var generation: UInt32
    /// Whether no target has a class or a probability.
    var isEmpty: Bool
    var referenceKind: ReferenceKind
    /// From the scan's last report to the answer; nil where no scan is behind it.
    var answeredAfterNanoseconds: UInt64?
    var began: Timestamp
  }

  /// What became of the beginnings and ends that a test asked for, in the order of the answers.
  final class Outcomes: Sendable {
    private let list = Mutex<[Result<SampleIdentity, PipelineControlError>]>([])

    var all: [Result<SampleIdentity, PipelineControlError>] {
      // A copy of its own: ThreadSanitizer does not see that arrays count their references.
      list.withLock { $0.map(\.self) }
    }

    func append(_ outcome: Result<SampleIdentity, PipelineControlError>) {
      list.withLock { $0.append(outcome) }
    }
  }

  let lanes: ScannerLanes
  let control: PipelineControl
  let outcomes = Outcomes()
  private var writers: [ScannerLanes.Writer] = []
  private var predictions: PredictionRing.Consumer
  private var published: WakeUp
  private let pipeline: WakeUp.Signaller
  private let stop = StopFlag()
  private let end = StopFlag()
  private var stage: PipelineStage?
  private var thread: StageThread?

  /// Builds a pipeline that does not run yet.
  init(
    lanes: Int = 1,
    scans: Int = 60,
    silence: Duration = .seconds(60),
    scanSlots: Int = Limits.ringScans,
    predictionSlots: Int = Limits.ringScans,
    hasBundle: Bool = true
  ) throws {
    let classifier = hasBundle ? try DrivenPipeline.makeClassifier() : nil
    let wakeUp = try WakeUp()
    published = try WakeUp()
    pipeline = wakeUp.signaller
    let scannerLanes = ScannerLanes(ringScans: scanSlots)
    for index in 0..<lanes {
      writers.append(try scannerLanes.take(for: UInt32(index + 1)))
    }
    self.lanes = scannerLanes
    let ring = PredictionRing(capacity: predictionSlots)
    predictions = ring.consumer
    let seconds = silence.components.seconds
    let nanoseconds = silence.components.attoseconds / 1_000_000_000
    let pipelineStage = PipelineStage(
      lanes: scannerLanes,
      classifier: classifier,
      bundleGeneration: hasBundle ? 1 : 0,
      sampleEnd: .init(
        scans: scans,
        silenceNanoseconds: UInt64(seconds) * 1_000_000_000 + UInt64(nanoseconds)
      ),
      predictions: ring.producer,
      wakeUp: wakeUp,
      publishing: published.signaller,
      stop: stop
    )
    control = pipelineStage.control
    stage = consume pipelineStage
  }

  /// The tests' bundle, ready to answer.
  static func makeClassifier() throws -> BundleClassifier {
    try BundleClassifier(try BundleLoader.load(folder: BundleCopy.goldenPath))
  }

  deinit {
    stop.set()
    // A stage that misses its wake-up fails one test and does not hold up all others.
    repeat { pipeline.signal() } while thread != nil && !hasEnded(withinSeconds: 1)
  }

  /// Starts the thread.
  func start() throws {
    guard let stage = stage.take() else { return }
    thread = try StageThread(name: "pipeline", stage: stage) { [end] stage in
      stage.run()
      end.set()
    }
  }

  /// Adds a lane, as a scanner that arrives does.
  func addLane() throws {
    writers.append(try lanes.take(for: UInt32(writers.count + 1)))
    pipeline.signal()
  }

  /// Lets another copy of the tests' bundle answer from each scanner's next sample on.
  func swapBundle(to generation: UInt32) throws {
    control.use(classifier: try DrivenPipeline.makeClassifier(), generation: generation)
  }

  /// Gives a lane back, as a scanner that is unplugged does.
  func giveBack(lane: Int) { lanes.give(back: writers[lane]) }

  /// Asks to begin a sample of the scanner that has a lane.
  func begin(_ name: String? = nil, lane: Int = 0) {
    control.beginSample(
      scanner: UInt32(lane + 1),
      name: name.flatMap { SampleName($0) },
      answer: outcomes.append
    )
  }

  /// Asks to end the open sample of the scanner that has a lane.
  func end(lane: Int = 0) {
    control.endSample(scanner: UInt32(lane + 1), answer: outcomes.append)
  }

  /// Waits until so many beginnings and ends were answered; returns the answers.
  func outcomes(_ count: Int) -> [Result<SampleIdentity, PipelineControlError>] {
    let deadline = ContinuousClock.now + .seconds(5)
    while outcomes.all.count < count, ContinuousClock.now < deadline { usleep(500) }
    return outcomes.all
  }

  /// Tells the thread to come to its end.
  func askToStop() {
    stop.set()
    pipeline.signal()
  }

  /// Whether the thread comes to its end without being woken.
  func hasEnded(withinSeconds seconds: Double) -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while !end.isSet, ContinuousClock.now < deadline { usleep(1_000) }
    return end.isSet
  }

  /// Offers a scan to a lane's ring; false when it was full.
  func offer(sample: Int, scan: Int, lane: Int = 0, scanner: UInt32? = nil, isGood: Bool = true)
    -> Bool
  {
    offer(
      sample: sample,
      scan: scan,
      to: writers[lane],
      scanner: scanner ?? UInt32(lane + 1),
      isGood: isGood
    )
  }

  /// Offers a scan to the ring that somebody has taken; false when it was full.
  func offer(
    sample: Int = 1,
    scan: Int,
    to writer: ScannerLanes.Writer,
    scanner: UInt32,
    isGood: Bool = true
  ) -> Bool {
    let wasWritten = writer.scans.write { frame in
      InventedSpectra.fill(&frame, sample: sample, scan: scan)
      frame.header.scanner = scanner
      if !isGood { frame.header.temperatureCelsius = nil }
    }
    pipeline.signal()
    return wasWritten
  }

  /// Wakes the pipeline, as whoever takes a lane does.
  func wake() { pipeline.signal() }

  /// The next answer, or nil when none comes in time; the pipeline is told of the slot that is free
  /// again.
  func nextAnswer(isSignalled: Bool = true, within limit: Duration = .seconds(5)) -> Answer? {
    let deadline = ContinuousClock.now + limit
    while true {
      var answer: Answer?
      _ = predictions.read { slot in answer = Answer(slot) }
      if let answer {
        if isSignalled { pipeline.signal() }
        return answer
      }
      guard ContinuousClock.now < deadline else { return nil }
      _ = published.wait(timeout: min(limit, .milliseconds(100)))
    }
  }

  /// All answers up to the final ones of so many samples.
  func answers(untilFinals count: Int) -> [Answer] {
    var answers: [Answer] = []
    while answers.count(where: \.isFinal) < count, let answer = nextAnswer() {
      answers.append(answer)
    }
    return answers
  }
}

extension DrivenPipeline.Answer {
  init(_ slot: borrowing PredictionSlot) {
    let header = slot.header
    (kind, lane, sample) = (header.kind, Int(header.scanner) - 1, header.sampleName.text)
    (identity, scans, isFinal) = (header.sampleIdentity, header.scansCount, header.isFinal)
    (isAccepted, reasons) = (header.isAccepted, header.qualityReasons)
    hasLatency = header.monotonicNanoseconds != nil
    (hasScan, targetCount) = (header.hasScan, header.targetCount)
    (generation, referenceKind) = (header.bundleGeneration, header.referenceKind)
    began = header.sampleBegan
    answeredAfterNanoseconds = header.monotonicNanoseconds.map {
      header.answeredNanoseconds >= $0 ? header.answeredNanoseconds - $0 : .max
    }
    var isEmpty = true
    for target in 0..<header.targetCount
    where slot.classIndices[target] >= 0 || slot.classCounts[target] > 0 {
      isEmpty = false
    }
    self.isEmpty = isEmpty
    scanIndex = header.hasScan ? slot.scan.header.scanIndex : 0
  }
}
