import Logging
import Publishing
import Spectra
import Streaming

/// The publishing thread: gives slots their names and hands them to the server and the recording.
///
/// It waits until the server has queued each batch, so a busy event loop holds the pipeline back
/// instead of piling up memory.
struct PublishingStage: ~Copyable, Sendable {
  private var slots: PredictionRing.Consumer
  private var wakeUp: WakeUp
  private let pipeline: WakeUp.Signaller
  private let naming: SlotNaming
  private let server: PredictionServer
  private let stop: StopFlag

  /// How many events one batch holds at most.
  private static let batchMax = 64

  init(
    slots: consuming PredictionRing.Consumer,
    wakeUp: consuming WakeUp,
    pipeline: WakeUp.Signaller,
    naming: SlotNaming,
    server: PredictionServer,
    stop: StopFlag
  ) {
    self.slots = slots
    self.wakeUp = wakeUp
    (self.pipeline, self.naming, self.server, self.stop) = (pipeline, naming, server, stop)
  }

  /// Runs until the flag is set and everything that waited then is queued.
  mutating func run() {
    while true {
      let isLast = stop.isSet
      publishAll()
      if isLast { return }
      _ = wakeUp.wait(timeout: nil)
    }
  }

  private mutating func publishAll() {
    while true {
      var events = naming.takeScannerChanges()
      while events.count < PublishingStage.batchMax, let event = nextEvent() {
        events.append(event)
      }
      guard !events.isEmpty else { return }
      // The pipeline may be waiting for the slots that were just emptied.
      pipeline.signal()
      server.publish(events)
    }
  }

  private mutating func nextEvent() -> StreamEvent? {
    var event: StreamEvent?
    let naming = naming
    _ = slots.read { slot in event = naming.event(of: slot) }
    return event
  }
}

/// Gives the numbers of a slot their names, records its scan and logs what an operator must know.
struct SlotNaming: Sendable {
  let directory: ScannerDirectory
  /// The bundle of each generation; generation 0 is none.
  let bundles: [UInt32: ModelBundle]
  let recorder: ScanRecorder?
  let logger: Logger

  /// The changes of scanners' states since the last call.
  func takeScannerChanges() -> [StreamEvent] {
    directory.takeChanges().compactMap { change in
      switch change {
      case .state(let report, let explanation):
        logState(report, explanation)
        return .scanner(report)
      case .referenceMeasured(let scanner, let time):
        logger.notice("a reference was measured at \(time)", metadata: ["scanner": "\(scanner)"])
        return nil
      }
    }
  }

  /// What clients are told of `slot`.
  func event(of slot: borrowing PredictionSlot) -> StreamEvent {
    let name = directory.name(of: slot.header.scanner)
    if case .scansLost(let count) = slot.header.kind {
      logger.warning(
        "scans were lost because the pipeline fell behind",
        metadata: ["scanner": "\(name)", "count": "\(count)"]
      )
      return .scansLost(
        scanner: name,
        count: Int(clamping: count),
        reason: "ringFull",
        time: slot.header.time
      )
    }
    let prediction = Prediction(
      slot,
      scanner: name,
      bundle: bundles[slot.header.bundleGeneration]
    )
    if slot.header.hasScan {
      recorder?.record(
        slot.scan,
        prediction: prediction,
        scanner: directory.description(of: slot.header.scanner)
      )
    }
    return .prediction(prediction, monotonicNanoseconds: slot.header.monotonicNanoseconds)
  }

  private func logState(_ report: ScannerReport, _ explanation: String?) {
    let metadata: Logger.Metadata = ["scanner": "\(report.name)"]
    switch (report.state, explanation) {
    case ("ready", nil): logger.info("the scanner is ready", metadata: metadata)
    case (let state, nil): logger.info("the scanner is \(state)", metadata: metadata)
    case (let state, .some(let explanation)):
      logger.warning("the scanner is \(state): \(explanation)", metadata: metadata)
    }
  }
}
