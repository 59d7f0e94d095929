import Glibc
import Service
import Spectra
import Streaming

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
  }

  let lanes: ScannerLanes
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
    let classifier =
      hasBundle ? try BundleClassifier(try BundleLoader.load(folder: BundleCopy.goldenPath)) : nil
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
    stage = PipelineStage(
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
    let wasWritten = writers[lane].scans.write { frame in
      InventedSpectra.fill(&frame, sample: sample, scan: scan)
      frame.header.scanner = scanner ?? UInt32(lane + 1)
      if !isGood { frame.header.temperatureCelsius = nil }
    }
    pipeline.signal()
    return wasWritten
  }

  /// The next answer, or nil when none comes within five seconds; the pipeline is told of the
  /// slot that is free again.
  func nextAnswer(isSignalled: Bool = true) -> Answer? {
    let deadline = ContinuousClock.now + .seconds(5)
    while true {
      var answer: Answer?
      _ = predictions.read { slot in answer = Answer(slot) }
      if let answer {
        if isSignalled { pipeline.signal() }
        return answer
      }
      guard ContinuousClock.now < deadline else { return nil }
      _ = published.wait(timeout: .milliseconds(100))
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
    scanIndex = header.hasScan ? slot.scan.header.scanIndex : 0
  }
}
