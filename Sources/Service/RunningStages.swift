import Acquisition
import Logging
import Publishing
import Spectra
import Streaming

/// The threads of a running daemon, connected by rings; stopped in the direction of the data.
struct RunningStages {
  private let scanners: [ScannerThread]
  private let pipeline: RunningStage
  private let publishing: RunningStage

  /// Generation 1 is the bundle that the daemon started with, 0 is none.
  private static let firstGeneration: UInt32 = 1

  /// Starts every thread; the last stage first, so that nothing is produced for nobody.
  init(
    configuration: DaemonConfiguration,
    classifier: BundleClassifier?,
    server: PredictionServer,
    logger: Logger
  ) throws(StreamingError) {
    let pipelineWakeUp = try WakeUp()
    let publishingWakeUp = try WakeUp()
    let (toPipeline, toPublishing) = (pipelineWakeUp.signaller, publishingWakeUp.signaller)
    let directory = ScannerDirectory(addresses: configuration.sources, publishing: toPublishing)
    let generation = classifier == nil ? 0 : RunningStages.firstGeneration
    var lanes: [ScannerLane] = []
    var receivers: [RingReceiver] = []
    for index in configuration.sources.indices {
      let ring = ScanRing()
      let sample = SampleInProgress(
        scannerIndex: index,
        bundleGeneration: generation,
        classifier: classifier
      )
      receivers.append(
        RingReceiver(
          scannerIndex: index,
          scans: ring.producer,
          pipeline: toPipeline,
          directory: directory
        )
      )
      lanes.append(ScannerLane(scannerIndex: index, scans: ring.consumer, sample: sample))
    }
    let predictions = PredictionRing()
    let (pipelineStop, publishingStop) = (StopFlag(), StopFlag())
    let publishingStage = PublishingStage(
      slots: predictions.consumer,
      wakeUp: publishingWakeUp,
      pipeline: toPipeline,
      naming: SlotNaming(
        directory: directory,
        bundles: classifier.map { [generation: $0.bundle] } ?? [:],
        recorder: configuration.recordingFolder.map { ScanRecorder(folder: $0, logger: logger) },
        logger: logger
      ),
      server: server,
      stop: publishingStop
    )
    let pipelineStage = PipelineStage(
      lanes: lanes,
      sampleEnd: configuration.sampleEnd,
      predictions: predictions.producer,
      wakeUp: pipelineWakeUp,
      publishing: toPublishing,
      stop: pipelineStop
    )
    publishing = RunningStage(
      try StageThread(name: "publishing", stage: publishingStage) { $0.run() },
      stop: publishingStop,
      signaller: toPublishing
    )
    pipeline = RunningStage(
      try StageThread(name: "pipeline", stage: pipelineStage) { $0.run() },
      stop: pipelineStop,
      signaller: toPipeline
    )
    scanners = try RunningStages.startScanners(configuration, receivers)
  }

  /// Stops every stage in the direction of the data, so that each scan that was read is published.
  func stop() {
    for scanner in scanners { scanner.askToStop() }
    for scanner in scanners { scanner.stopAndJoin() }
    pipeline.stopAndJoin()
    publishing.stopAndJoin()
  }

  private static func startScanners(
    _ configuration: DaemonConfiguration,
    _ receivers: [RingReceiver]
  ) throws(StreamingError) -> [ScannerThread] {
    var scanners: [ScannerThread] = []
    for (index, receiver) in receivers.enumerated() {
      let acquisition = ScannerAcquisition(
        address: configuration.sources[index],
        options: configuration.acquisitionOptions,
        receiver: receiver
      )
      scanners.append(try ScannerThread(acquisition, name: "scanner-\(index)"))
    }
    return scanners
  }
}

/// A stage and its thread; stopped and joined at the latest when the last reference goes.
private final class RunningStage {
  private var thread: StageThread?
  private let stop: StopFlag
  private let signaller: WakeUp.Signaller

  init(_ thread: consuming StageThread, stop: StopFlag, signaller: WakeUp.Signaller) {
    self.thread = consume thread
    (self.stop, self.signaller) = (stop, signaller)
  }

  deinit { stopAndJoin() }

  /// Lets the stage finish what waits for it, and waits for its end.
  func stopAndJoin() {
    stop.set()
    signaller.signal()
    // The thread is joined where its value ends.
    thread = nil
  }
}

/// One scanner's acquisition and its thread; stopped and joined at the latest with the last reference.
private final class ScannerThread {
  private let acquisition: ScannerAcquisition<RingReceiver>
  private var thread: StageThread?

  init(
    _ acquisition: ScannerAcquisition<RingReceiver>,
    name: String
  ) throws(StreamingError) {
    self.acquisition = acquisition
    thread = try StageThread(name: name, stage: acquisition) { $0.run() }
  }

  deinit { stopAndJoin() }

  /// Lets all scanners come to their end at the same time, before the first is waited for.
  func askToStop() { acquisition.stop() }

  /// Ends the acquisition and waits for its end.
  func stopAndJoin() {
    acquisition.stop()
    thread = nil
  }
}
