import Logging
import Publishing
import Spectra
import Store
import Streaming

/// An event with its names, before it has a number.
struct NamedEvent {
  var event: StreamEvent
  /// The scan behind a prediction, to be stored.
  var scan: StoredScan?
  /// CLOCK_MONOTONIC in nanoseconds when the answer was complete; 0 for what is no answer.
  var answeredNanoseconds: UInt64 = 0

  init(_ event: StreamEvent) { self.event = event }
}

/// Tells events to everybody: numbers and clients first, then the calls that wait, then the store.
struct EventAnnouncing: Sendable {
  private let server: PredictionServer
  private let journal: EventJournal
  private let taps: PredictionTaps
  private let latencies: StageLatencies
  private let stateChanges: StateChanges

  private static let reservationTimeout = Duration.seconds(60)

  init(_ parts: DaemonParts) {
    (server, journal, taps) = (parts.server, parts.journal, parts.taps)
    (latencies, stateChanges) = (parts.latencies, parts.stateChanges)
  }

  /// Announces a batch; returns when every client's queue has it.
  func announce(_ events: [NamedEvent], pulse: StagePulse) {
    // It may wait for the disk, which may be slow; a hanging one is not this stage's fault.
    pulse.waiting(atMost: EventAnnouncing.reservationTimeout)
    journal.prepare(eventCount: events.count, on: server)
    pulse.working()
    let lines = server.publish(events.map(\.event))
    let queuedNanoseconds = MonotonicClock.nanoseconds()
    var stored: [StoredEvent] = []
    stored.reserveCapacity(lines.count)
    var hasStateChanged = false
    // Without a line the server has shut down, and there is nothing to number events with.
    for (event, line) in zip(events, lines) {
      measure(event, queuedNanoseconds: queuedNanoseconds)
      tap(event, line)
      if let storable = StoredEvent(event, line) { stored.append(storable) }
      switch event.event {
      case .scanner, .bundle: hasStateChanged = true
      case .prediction, .scansLost: break
      }
    }
    journal.keep(stored)
    if hasStateChanged { stateChanges.tell() }
  }

  private func measure(_ event: NamedEvent, queuedNanoseconds: UInt64) {
    guard case .prediction(_, .some(let arrived)) = event.event, event.answeredNanoseconds > 0
    else { return }
    latencies.record(.classification, from: arrived, to: event.answeredNanoseconds)
    latencies.record(.publishing, from: event.answeredNanoseconds, to: queuedNanoseconds)
  }

  private func tap(_ event: NamedEvent, _ line: NumberedLine) {
    guard case .prediction(let prediction, _) = event.event, event.scan != nil, taps.isAnyOpen
    else { return }
    let answer = PredictionTaps.Answer(time: prediction.time, line: line.bytes)
    taps.deliver(answer, scanner: prediction.scanner)
  }
}

extension StoredEvent {
  /// A numbered event as the store keeps it; nil where it had no line of its own.
  fileprivate init?(_ event: NamedEvent, _ line: NumberedLine) {
    guard line.kind != .gap else { return nil }
    self.init(
      sequence: line.sequence,
      time: event.event.time,
      kind: line.kind.rawValue,
      scanner: line.scanner,
      isFinal: line.isFinal,
      line: line.bytes,
      scan: event.scan
    )
    guard case .prediction(let prediction, _) = event.event else { return }
    (sample, sampleId) = (prediction.sample, prediction.sampleId)
    (scans, bundle) = (prediction.scans, prediction.bundle)
  }
}

extension StreamEvent {
  /// When it happened.
  fileprivate var time: Timestamp {
    switch self {
    case .scanner(let report): report.time
    case .prediction(let prediction, _): prediction.time
    case .bundle(_, let time): time
    case .scansLost(_, _, _, let time): time
    }
  }
}

extension StoredScan {
  /// A decoded scan as it is stored.
  init(_ frame: borrowing ScanFrame, sample: String, scanner: ScannerDescription) {
    self.init(
      scan: Scan(frame, sample: sample),
      gridRevision: frame.header.gridRevision,
      wavelengthsNanometres: (0..<frame.header.pointCount).map {
        frame.wavelengthsNanometres[$0]
      },
      scanner: scanner
    )
  }
}
