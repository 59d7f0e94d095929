import Acquisition
import Logging
import Publishing
import Spectra
import Streaming

/// The threads of a running daemon, connected by rings; stopped in the direction of the data.
final class RunningStages: Sendable {
  private let acquisitions: [ScannerAcquisition<RingReceiver>]
  private let acquisitionThreads: [JoinableThread]
  private let pipelineThread: JoinableThread
  private let publishingThread: JoinableThread
  private let pipelineStop = StopFlag()
  private let publishingStop = StopFlag()
  private let pipelineSignaller: WakeUp.Signaller
  private let publishingSignaller: WakeUp.Signaller

  /// Generation 1 is the bundle that the daemon started with, 0 is none.
  private static let firstGeneration: UInt32 = 1

  /// Starts every thread; the last stage first, so that nothing is produced for nobody.
  init(
    configuration: DaemonConfiguration,
    classifier: BundleClassifier?,
    server: PredictionServer,
    logger: Logger
  ) throws {
    let pipelineWakeUp = try WakeUp()
    let publishingWakeUp = try WakeUp()
    (pipelineSignaller, publishingSignaller) = (
      pipelineWakeUp.signaller, publishingWakeUp.signaller
    )
    let directory = ScannerDirectory(
      addresses: configuration.sources,
      publishing: publishingSignaller
    )
    let generation = classifier == nil ? 0 : RunningStages.firstGeneration
    var lanes: [ScannerLane] = []
    var acquisitions: [ScannerAcquisition<RingReceiver>] = []
    for (index, address) in configuration.sources.enumerated() {
      let ring = ScanRing()
      lanes.append(
        ScannerLane(
          scannerIndex: index,
          scans: ring.consumer,
          sample: SampleInProgress(
            scannerIndex: index,
            bundleGeneration: generation,
            classifier: classifier
          )
        )
      )
      let receiver = RingReceiver(
        scannerIndex: index,
        scans: ring.producer,
        pipeline: pipelineSignaller,
        directory: directory
      )
      acquisitions.append(
        ScannerAcquisition(
          address: address,
          options: configuration.acquisitionOptions,
          receiver: receiver
        )
      )
    }
    self.acquisitions = acquisitions
    let predictions = PredictionRing()
    publishingThread = try RunningStages.start(
      PublishingStage(
        slots: predictions.consumer,
        wakeUp: publishingWakeUp,
        pipeline: pipelineSignaller,
        directory: directory,
        bundles: classifier.map { [generation: $0.bundle] } ?? [:],
        server: server,
        recorder: configuration.recordingFolder.map { ScanRecorder(folder: $0, logger: logger) },
        logger: logger,
        stop: publishingStop
      )
    )
    pipelineThread = try RunningStages.start(
      PipelineStage(
        lanes: lanes,
        sampleEnd: configuration.sampleEnd,
        predictions: predictions.producer,
        wakeUp: pipelineWakeUp,
        publishing: publishingSignaller,
        stop: pipelineStop
      )
    )
    acquisitionThreads = try acquisitions.enumerated().map { index, acquisition in
      JoinableThread(
        try StageThread(name: "scanner-\(index)", stage: acquisition) { $0.run() }
      )
    }
  }

  private static func start(_ stage: consuming PublishingStage) throws -> JoinableThread {
    JoinableThread(try StageThread(name: "publishing", stage: stage) { $0.run() })
  }

  private static func start(_ stage: consuming PipelineStage) throws -> JoinableThread {
    JoinableThread(try StageThread(name: "pipeline", stage: stage) { $0.run() })
  }

  /// Stops every stage in the direction of the data, so that each scan that was read is published.
  func stop() async {
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      // Joining blocks, which a task must not do.
      let closer = try? StageThread(name: "stopping", stage: self) { stages in
        stages.stopAndJoin()
        continuation.resume()
      }
      if closer == nil {
        stopAndJoin()
        continuation.resume()
      } else {
        StoppingThread.detach(closer)
      }
    }
  }

  private func stopAndJoin() {
    for acquisition in acquisitions { acquisition.stop() }
    for thread in acquisitionThreads { thread.join() }
    pipelineStop.set()
    pipelineSignaller.signal()
    pipelineThread.join()
    publishingStop.set()
    publishingSignaller.signal()
    publishingThread.join()
  }
}
