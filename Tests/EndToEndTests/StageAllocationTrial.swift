import CAllocationCounter
import Service
import Spectra
import Streaming
import Synchronization
import Testing

/// The daemon's own pipeline stage on a thread that counts what it allocates from start to end.
struct StageAllocationTrial {
  private static let scansPerSample = 30

  private let bundle: ModelBundle
  private let recording: Recording

  init() throws {
    bundle = try BundleLoader.load(folder: ProjectFiles.bundle)
    let laboratory = try Laboratory()
    recording = try RecordingReader.read(
      paths: [try laboratory.synthesize(donors: 1, scans: 20)]
    )
  }

  /// What the thread allocates while it answers so many scans.
  func allocations(scans: Int) throws -> Int {
    let predictions = PredictionRing()
    let wakeUp = try WakeUp()
    let published = try WakeUp()
    let pipeline = wakeUp.signaller
    let stop = StopFlag()
    let lanes = ScannerLanes()
    let writer = try lanes.take(for: 1)
    let stage = PipelineStage(
      lanes: lanes,
      classifier: try BundleClassifier(bundle),
      bundleGeneration: 1,
      sampleEnd: .init(
        scans: StageAllocationTrial.scansPerSample,
        silenceNanoseconds: 3_600_000_000_000
      ),
      predictions: predictions.producer,
      wakeUp: wakeUp,
      publishing: published.signaller,
      stop: stop
    )
    let allocations = SharedCount()
    let thread = try StageThread(name: "pipeline", stage: stage) { stage in
      let before = callocation_count()
      stage.run()
      allocations.value.store(callocation_count() - before, ordering: .relaxed)
    }
    defer {
      stop.set()
      pipeline.signal()
    }
    try feed(scans, writer, predictions.consumer, pipeline, published)
    stop.set()
    pipeline.signal()
    thread.join()
    return allocations.value.load(ordering: .relaxed)
  }

  /// Writes scan after scan and reads each answer, so that neither ring is ever full.
  private func feed(
    _ count: Int,
    _ writer: ScannerLanes.Writer,
    _ predictions: consuming PredictionRing.Consumer,
    _ pipeline: WakeUp.Signaller,
    _ published: consuming WakeUp
  ) throws {
    let deadline = ContinuousClock.now + .seconds(60)
    for number in 0..<count {
      let scan = recording.scans[number % recording.scans.count]
      let wasWritten = writer.scans.write { frame in
        frame.load(scan, wavelengthsNanometres: recording.wavelengthsNanometres)
        frame.header.referenceKind = .factory
        frame.header.scanner = 1
      }
      try #require(wasWritten)
      pipeline.signal()
      var answerCount = 0
      while answerCount == 0 {
        _ = published.wait(timeout: .milliseconds(100))
        while predictions.read({ slot in answerCount += slot.header.isFinal ? 0 : 1 }) {
          pipeline.signal()
        }
        try #require(ContinuousClock.now < deadline, "no answer to scan \(number)")
      }
    }
  }
}

/// A number that two threads see.
private final class SharedCount: Sendable {
  let value = Atomic<Int>(0)
}
