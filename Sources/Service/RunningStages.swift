import Acquisition
import Logging
import Publishing
import Spectra
import Streaming
import Synchronization

/// The threads of a running daemon, connected by rings; stopped in the direction of the data.
struct RunningStages: Sendable {
  /// The threads of the scanners, which take requests.
  let acquisitions: AcquisitionThreads
  /// What can be asked of the pipeline.
  let control: PipelineControl
  /// Who the scanners are.
  let directory: ScannerDirectory
  /// What the scanners do, and what was counted.
  let activity: ScannerActivity
  /// Lets a call wait for what was answered to be published.
  let published: PublishingBarrier
  private let hotplug: RunningStage
  private let pipeline: RunningStage
  private let publishing: RunningStage

  /// The bundle that the daemon starts with; those that come later have greater numbers.
  static let firstGeneration: UInt32 = 1

  /// Starts every thread; the last stage first, so that nothing is produced for nobody.
  ///
  /// - Throws: `StreamingError` without descriptors or threads, `AcquisitionError` without USB.
  init(
    configuration: DaemonConfiguration,
    classifier: BundleClassifier?,
    parts: DaemonParts
  ) throws {
    let (bundle, logger) = (classifier?.bundle, parts.logger)
    let pipelineWakeUp = try WakeUp()
    let publishingWakeUp = try WakeUp()
    let (toPipeline, toPublishing) = (pipelineWakeUp.signaller, publishingWakeUp.signaller)
    let lanes = ScannerLanes()
    let predictions = PredictionRing()
    published = PublishingBarrier(publishing: toPublishing)
    activity = ScannerActivity()
    directory = ScannerDirectory(publishing: toPublishing, activity: activity)
    let pipelineStop = StopFlag()
    let pipelineStage = PipelineStage(
      lanes: lanes,
      classifier: classifier,
      bundleGeneration: classifier == nil ? 0 : RunningStages.firstGeneration,
      sampleEnd: configuration.sampleEnd,
      predictions: predictions.producer,
      wakeUp: pipelineWakeUp,
      publishing: toPublishing,
      pulse: parts.pulses.add("pipeline"),
      stop: pipelineStop
    )
    control = pipelineStage.control
    let publishingStop = StopFlag()
    let publishingStage = PublishingStage(
      slots: predictions.consumer,
      wakeUp: publishingWakeUp,
      pipeline: toPipeline,
      naming: SlotNaming(
        directory: directory,
        activity: activity,
        bundles: control.generations,
        recorder: configuration.recordingFolder.map { ScanRecorder(folder: $0, logger: logger) },
        logger: logger
      ),
      announcing: EventAnnouncing(parts),
      barrier: published,
      pulse: parts.pulses.add("publishing"),
      stop: publishingStop
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
    (acquisitions, hotplug) = try RunningStages.startAcquisitions(
      configuration,
      bundle: bundle,
      (lanes, directory, toPipeline),
      pulses: parts.pulses,
      logger: logger
    )
  }

  /// Stops every stage in the direction of the data, so that each scan that was read is published.
  func stop() {
    hotplug.stopAndJoin()
    acquisitions.stopAndJoin()
    pipeline.stopAndJoin()
    publishing.stopAndJoin()
    published.close()
  }

  /// Starts the thread that starts all scanners' threads.
  private static func startAcquisitions(
    _ configuration: DaemonConfiguration,
    bundle: ModelBundle?,
    _ way: (lanes: ScannerLanes, directory: ScannerDirectory, pipeline: WakeUp.Signaller),
    pulses: StagePulses,
    logger: Logger
  ) throws -> (AcquisitionThreads, RunningStage) {
    let wakeUp = try WakeUp()
    let signaller = wakeUp.signaller
    let acquisitions = AcquisitionThreads(
      options: configuration.acquisitionOptions(for: bundle),
      referenceFolder: configuration.referenceFolder,
      lanes: way.lanes,
      directory: way.directory,
      pipeline: way.pipeline,
      wake: signaller,
      pulses: pulses,
      logger: logger
    )
    try acquisitions.use(sources: configuration.sources)
    let stop = StopFlag()
    let stage = HotplugStage(
      threads: acquisitions,
      wakeUp: wakeUp,
      pulse: pulses.add("hotplug"),
      stop: stop
    )
    let thread = try StageThread(name: "hotplug", stage: stage) { $0.run() }
    return (acquisitions, RunningStage(thread, stop: stop, signaller: signaller))
  }
}

/// A stage and its thread; stopped and joined at the latest when the last reference goes.
private final class RunningStage: Sendable {
  private let thread: Mutex<StageThread?>
  private let stop: StopFlag
  private let signaller: WakeUp.Signaller

  init(_ thread: consuming StageThread, stop: StopFlag, signaller: WakeUp.Signaller) {
    self.thread = Mutex(thread)
    (self.stop, self.signaller) = (stop, signaller)
  }

  deinit { stopAndJoin() }

  /// Lets the stage finish what waits for it, and waits for its end.
  func stopAndJoin() {
    stop.set()
    signaller.signal()
    // The thread is joined where its value ends.
    thread.withLock { $0 = nil }
  }
}
