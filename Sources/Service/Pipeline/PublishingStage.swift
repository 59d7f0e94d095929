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
      var slotCount = 0
      while slotCount < PublishingStage.batchMax, readSlot(into: &events) { slotCount += 1 }
      // The pipeline may be waiting for the slots that were just emptied.
      if slotCount > 0 { pipeline.signal() }
      if !events.isEmpty { server.publish(events) }
      guard slotCount > 0 || !events.isEmpty else { return }
    }
  }

  /// Names the oldest slot that waits; false when there is none.
  private mutating func readSlot(into events: inout [StreamEvent]) -> Bool {
    let naming = naming
    return slots.read { slot in
      if let event = naming.event(of: slot) { events.append(event) }
    }
  }
}

/// Gives the numbers of a slot their names, records its scan and logs what an operator must know.
struct SlotNaming: Sendable {
  let directory: ScannerDirectory
  let activity: ScannerActivity
  let bundles: BundleGenerations
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

  /// What clients are told of `slot`, if anything.
  func event(of slot: borrowing PredictionSlot) -> StreamEvent? {
    let header = slot.header
    switch header.kind {
    case .prediction: return prediction(of: slot)
    case .scansLost(let count):
      return loss(of: Int(clamping: count), scanner: header.scanner, at: header.time)
    case .sampleBegan:
      activity.sampleBegan(header, scanner: directory.name(of: header.scanner))
      return nil
    case .bundleInUse:
      guard let bundle = bundles.bundle(of: header.bundleGeneration) else {
        logger.notice("no bundle is in use from now on: scans are published without predictions")
        return nil
      }
      logger.notice("another bundle is in use", metadata: ["bundle": "\(bundle.label)"])
      return .bundle(bundle.report, time: header.time)
    case .bundleRetired:
      bundles.forget(header.bundleGeneration)
      return nil
    }
  }

  private func loss(of count: Int, scanner: UInt32, at time: Timestamp) -> StreamEvent {
    let name = directory.name(of: scanner)
    activity.scansLost(count, scanner: name)
    logger.warning(
      "scans were lost because the pipeline fell behind",
      metadata: ["scanner": "\(name)", "count": "\(count)"]
    )
    return .scansLost(scanner: name, count: count, reason: "ringFull", time: time)
  }

  private func prediction(of slot: borrowing PredictionSlot) -> StreamEvent {
    let prediction = Prediction(
      slot,
      scanner: directory.name(of: slot.header.scanner),
      bundle: bundles.bundle(of: slot.header.bundleGeneration)
    )
    let scan = slot.header.hasScan ? slot.scan.header : nil
    activity.answered(prediction, slot.header, scan: scan)
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
