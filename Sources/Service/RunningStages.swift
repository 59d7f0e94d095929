import Acquisition
import Logging
import Publishing
import Spectra
import Streaming

/// The threads of a running daemon, connected by rings; stopped in the direction of the data.
struct RunningStages {
  /// The threads of the scanners, which take requests.
  let acquisitions: AcquisitionThreads
  private let hotplug: RunningStage?
  private let pipeline: RunningStage
  private let publishing: RunningStage

  /// Generation 1 is the bundle that the daemon started with, 0 is none.
  private static let firstGeneration: UInt32 = 1

  /// Starts every thread; the last stage first, so that nothing is produced for nobody.
  ///
  /// - Throws: `StreamingError` without descriptors or threads, `AcquisitionError` without USB.
  init(
    configuration: DaemonConfiguration,
    classifier: BundleClassifier?,
    server: PredictionServer,
    logger: Logger
  ) throws {
    let pipelineWakeUp = try WakeUp()
    let publishingWakeUp = try WakeUp()
    let (toPipeline, toPublishing) = (pipelineWakeUp.signaller, publishingWakeUp.signaller)
    let (lanes, directory) = (ScannerLanes(), ScannerDirectory(publishing: toPublishing))
    let generation = classifier == nil ? 0 : RunningStages.firstGeneration
    let recorder = configuration.recordingFolder.map { ScanRecorder(folder: $0, logger: logger) }
    let predictions = PredictionRing()
    let publishingStop = StopFlag()
    let publishingStage = PublishingStage(
      slots: predictions.consumer,
      wakeUp: publishingWakeUp,
      pipeline: toPipeline,
      naming: SlotNaming(
        directory: directory,
        bundles: classifier.map { [generation: $0.bundle] } ?? [:],
        recorder: recorder,
        logger: logger
      ),
      server: server,
      stop: publishingStop
    )
    publishing = RunningStage(
      try StageThread(name: "publishing", stage: publishingStage) { $0.run() },
      stop: publishingStop,
      signaller: toPublishing
    )
    let pipelineStop = StopFlag()
    let pipelineStage = PipelineStage(
      lanes: lanes,
      classifier: classifier,
      bundleGeneration: generation,
      sampleEnd: configuration.sampleEnd,
      predictions: predictions.producer,
      wakeUp: pipelineWakeUp,
      publishing: toPublishing,
      stop: pipelineStop
    )
    pipeline = RunningStage(
      try StageThread(name: "pipeline", stage: pipelineStage) { $0.run() },
      stop: pipelineStop,
      signaller: toPipeline
    )
    let hotplugWakeUp = try WakeUp()
    acquisitions = try RunningStages.startAcquisitions(
      configuration,
      bundle: classifier?.bundle,
      (lanes, directory, toPipeline),
      wake: hotplugWakeUp.signaller,
      logger: logger
    )
    // Last: whoever is plugged in already arrives at once.
    hotplug = try RunningStages.startHotplug(configuration, acquisitions, wakeUp: hotplugWakeUp)
  }

  /// Stops every stage in the direction of the data, so that each scan that was read is published.
  func stop() {
    hotplug?.stopAndJoin()
    acquisitions.stopAndJoin()
    pipeline.stopAndJoin()
    publishing.stopAndJoin()
  }

  private static func startAcquisitions(
    _ configuration: DaemonConfiguration,
    bundle: ModelBundle?,
    _ way: (lanes: ScannerLanes, directory: ScannerDirectory, pipeline: WakeUp.Signaller),
    wake: WakeUp.Signaller,
    logger: Logger
  ) throws(StreamingError) -> AcquisitionThreads {
    let options = configuration.acquisitionOptions(for: bundle)
    let references = FileReferenceStore(folder: configuration.referenceFolder)
    let wanted = configuration.usbSelection
    return try AcquisitionThreads(
      addresses: configuration.servers,
      wake: wake,
      makeAcquisition: { address, bus in
        ScannerAcquisition(
          address: address,
          bus: bus,
          options: options,
          receiver: RingReceiver(
            place: address,
            // A server's scanner was named by its address.
            wanted: bus == nil ? .any : wanted ?? .any,
            lanes: way.lanes,
            directory: way.directory,
            pipeline: way.pipeline
          ),
          references: PlaceReferences(references, at: address, directory: way.directory)
        )
      },
      directory: way.directory,
      logger: logger
    )
  }

  /// Starts the thread that follows the bus; nil when nothing on this machine's USB is read.
  private static func startHotplug(
    _ configuration: DaemonConfiguration,
    _ acquisitions: AcquisitionThreads,
    wakeUp: consuming WakeUp
  ) throws -> RunningStage? {
    guard configuration.usbSelection != nil else { return nil }
    let signaller = wakeUp.signaller
    let stop = StopFlag()
    let bus = try USBBus { acquisitions.busChanged($0) }
    let stage = HotplugStage(bus: bus, threads: acquisitions, wakeUp: wakeUp, stop: stop)
    return RunningStage(
      try StageThread(name: "hotplug", stage: stage) { $0.run() },
      stop: stop,
      signaller: signaller
    )
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
