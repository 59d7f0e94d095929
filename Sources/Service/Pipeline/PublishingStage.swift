import Logging
import Publishing
import Spectra
import Store
import Streaming

/// The publishing thread: gives slots their names and hands them to clients, store and recording.
///
/// It waits until the server has queued each batch, so a busy event loop holds the pipeline back
/// instead of piling up memory.
struct PublishingStage: ~Copyable, Sendable {
  private var slots: PredictionRing.Consumer
  private var wakeUp: WakeUp
  private let pipeline: WakeUp.Signaller
  private let naming: SlotNaming
  private let announcing: EventAnnouncing
  private let barrier: PublishingBarrier
  private let pulse: StagePulse
  private let stop: StopFlag

  /// How many slots one batch holds at most.
  private static let batchMax = 64

  init(
    slots: consuming PredictionRing.Consumer,
    wakeUp: consuming WakeUp,
    pipeline: WakeUp.Signaller,
    naming: SlotNaming,
    announcing: EventAnnouncing,
    barrier: PublishingBarrier,
    pulse: StagePulse,
    stop: StopFlag
  ) {
    self.slots = slots
    self.wakeUp = wakeUp
    (self.pipeline, self.naming, self.announcing) = (pipeline, naming, announcing)
    (self.barrier, self.pulse, self.stop) = (barrier, pulse, stop)
  }

  /// Runs until the flag is set and everything that waited then is queued.
  mutating func run() {
    while true {
      let isLast = stop.isSet
      publishAll()
      if isLast { return pulse.end() }
      _ = wakeUp.wait(timeout: nil, pulse: pulse)
    }
  }

  private mutating func publishAll() {
    // Before the slots are looked at: what they wait for is among them.
    let waiting = barrier.takeWaiting()
    while publishBatch() {}
    for continuation in waiting { continuation.resume() }
  }

  /// Publishes what waits, up to a limit; false when nothing did.
  private mutating func publishBatch() -> Bool {
    pulse.working()
    var events = naming.takeScannerChanges().map { NamedEvent($0) }
    var slotCount = 0
    while slotCount < PublishingStage.batchMax, readSlot(into: &events) { slotCount += 1 }
    // The pipeline may be waiting for the slots that were just emptied.
    if slotCount > 0 { pipeline.signal() }
    if !events.isEmpty { announcing.announce(events, pulse: pulse) }
    return slotCount > 0 || !events.isEmpty
  }

  /// Names the oldest slot that waits; false when there is none.
  private mutating func readSlot(into events: inout [NamedEvent]) -> Bool {
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
        logger.tell(
          .referenceMeasured,
          "a reference was measured at \(time)",
          metadata: ["scanner": "\(scanner)"]
        )
        return nil
      }
    }
  }

  /// What clients are told of `slot`, if anything.
  func event(of slot: borrowing PredictionSlot) -> NamedEvent? {
    let header = slot.header
    switch header.kind {
    case .prediction: return prediction(of: slot)
    case .scansLost(let count):
      return NamedEvent(
        loss(of: Int(clamping: count), scanner: header.scanner, at: header.time)
      )
    case .sampleBegan:
      activity.sampleBegan(header, scanner: directory.name(of: header.scanner))
      return nil
    case .bundleInUse:
      guard let bundle = bundles.bundle(of: header.bundleGeneration) else {
        logger.tell(.noBundle, "no bundle is in use: scans are published without predictions")
        return nil
      }
      logger.tell(
        .bundleLoaded,
        "another bundle is in use",
        metadata: ["bundle": "\(bundle.label)", "bundleDigest": "\(bundle.digest)"]
      )
      return NamedEvent(.bundle(bundle.report, time: header.time))
    case .bundleRetired:
      bundles.forget(header.bundleGeneration)
      return nil
    }
  }

  private func loss(of count: Int, scanner: UInt32, at time: Timestamp) -> StreamEvent {
    let name = directory.name(of: scanner)
    activity.scansLost(count, scanner: name)
    logger.tell(
      .scansLost,
      "scans were lost because the pipeline fell behind",
      metadata: ["scanner": "\(name)", "count": "\(count)"]
    )
    return .scansLost(scanner: name, count: count, reason: "ringFull", time: time)
  }

  private func prediction(of slot: borrowing PredictionSlot) -> NamedEvent {
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
    var event = NamedEvent(
      .prediction(prediction, monotonicNanoseconds: slot.header.monotonicNanoseconds)
    )
    event.answeredNanoseconds = slot.header.answeredNanoseconds
    if slot.header.hasScan {
      event.scan = StoredScan(
        slot.scan,
        sample: prediction.sample,
        scanner: directory.description(of: slot.header.scanner)
      )
    }
    return event
  }

  private func logState(_ report: ScannerReport, _ explanation: String?) {
    var metadata: Logger.Metadata = ["scanner": "\(report.name)"]
    if let reason = report.reason { metadata["error"] = "\(reason)" }
    let text: Logger.Message =
      explanation.map { "the scanner is \(report.state): \($0)" }
      ?? "the scanner is \(report.state)"
    guard
      let message = OperatorMessage.scannerChanged(state: report.state, reason: report.reason)
    else { return logger.info(text, metadata: metadata) }
    logger.tell(message, text, metadata: metadata)
  }
}
