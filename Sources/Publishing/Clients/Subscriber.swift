import NIOCore
import Spectra

/// One client of the stream: what it was sent, what waits for it, and when its time is up.
///
/// Lives on the event loop. Lines go to the outlet only while that takes them. A client that comes
/// with a number is first sent what it missed, as fast as it reads; then lines wait in a bounded
/// queue, so a client that does not read costs a fixed amount of memory.
final class Subscriber {
  private enum Phase {
    /// What happened before now is being sent; the queue is empty.
    case replaying
    case live
    /// What waits is sent, then a `bye`; new lines are no longer taken.
    case leaving(ByeReason)
    /// The outlet has the `bye` and is to close.
    case saidBye
    /// The outlet was told to close at once, or has closed.
    case ended
  }

  /// The socket that the client came through.
  let origin: ClientOrigin
  private let broadcast: Broadcast
  private let filter: SubscriptionFilter
  /// Let go of at the end: outlet and subscriber hold each other.
  private var outlet: (any StreamOutlet)?
  private var phase = Phase.replaying
  private var replay: Replay
  private let historyReader: HistoryReader
  private var queue: LineQueue
  private var stuckTimer: Scheduled<Void>?
  private var isPumping = false
  private var needsFlush = false

  /// Makes the subscriber of a client that has every number up to `position`.
  init(
    after position: UInt64,
    filter: SubscriptionFilter,
    origin: ClientOrigin,
    outlet: any StreamOutlet,
    broadcast: Broadcast
  ) {
    (self.filter, self.origin, self.outlet, self.broadcast) = (filter, origin, outlet, broadcast)
    replay = Replay(after: position)
    historyReader = HistoryReader(broadcast)
    let settings = broadcast.settings
    queue = LineQueue(linesMax: settings.queuedLinesMax, bytesMax: settings.queuedBytesMax)
  }

  /// Says hello and begins to send.
  func begin(hello: StreamObject) {
    let loop = broadcast.loop
    outlet?.begin(Subscription(self, entrance: broadcast.entrance, loop: loop))
    guard case .replaying = phase else { return }
    outlet?.write(hello)
    needsFlush = true
    pump()
  }

  /// Queues one line and writes what the outlet takes; `flush` follows.
  ///
  /// - Returns: how many lines the client loses for it.
  func send(_ line: NumberedLine) -> Int {
    // A client that became live while this line was given out has been replayed it.
    guard case .live = phase, line.sequence > replay.position, filter.passes(line) else { return 0 }
    let dropped = queue.append(line)
    if dropped > 0 { startStuckTimer() }
    write()
    return dropped
  }

  /// Hands what was written to the system.
  func flush() {
    guard needsFlush else { return }
    needsFlush = false
    outlet?.flush()
  }

  /// Writes and flushes what the outlet takes.
  func pump() {
    write()
    flush()
  }

  /// Sends a sign of life unless lines are waiting: those say more.
  func sendHeartbeat(_ line: (_ next: UInt64, _ droppedCount: Int) -> StreamObject) {
    guard let outlet, outlet.isWritable else { return }
    switch phase {
    // A client that goes by the heartbeat's number must not miss what it is yet to be sent.
    case .replaying: outlet.write(line(replay.position + 1, queue.droppedCount))
    case .live where queue.isEmpty: outlet.write(line(broadcast.newest + 1, queue.droppedCount))
    case .live, .leaving, .saidBye, .ended: return
    }
    outlet.flush()
  }

  /// Says `bye` after the lines that wait and ends; a replay is cut off where it is.
  func leave(_ reason: ByeReason) {
    switch phase {
    case .replaying, .live: phase = .leaving(reason)
    case .leaving, .saidBye, .ended: return
    }
    historyReader.cancel()
    startStuckTimer()
    pump()
  }

  /// Ends without `bye`; the client's place is free.
  func leaveAtOnce(_ end: SubscriptionEnd? = nil) {
    phase = .ended
    historyReader.cancel()
    queue.removeAll()
    stopStuckTimer()
    broadcast.remove(self)
    let outlet = outlet.take()
    if let end { outlet?.end(end) }
  }
}

// MARK: - The history's answers

extension Subscriber {
  /// Takes what the history says; it may know nothing yet.
  func takeHistory(_ answer: Result<HistoryPage, any Error>) {
    guard case .replaying = phase else { return }
    switch answer {
    case .success(let page):
      let isProgress = replay.take(page, broadcast.reach)
      historyReader.noteAnswer(isProgress: isProgress, for: self)
      pump()
    case .failure(let error):
      flush()
      leaveAtOnce(.historyFailed(String(describing: error)))
    }
  }
}

// MARK: - Writing

extension Subscriber {
  private func write() {
    // A flush can report writability from inside itself.
    guard !isPumping else { return }
    isPumping = true
    defer { isPumping = false }
    while isWritableAfterFlush(), let object = nextObject() {
      outlet?.write(object)
      needsFlush = true
      stopStuckTimer()
    }
    if isWritable { stopStuckTimer() }
    switch phase {
    case .replaying where !isWritable: startStuckTimer()
    case .leaving(let reason) where queue.isEmpty: sayBye(reason)
    case .replaying, .live, .leaving, .saidBye, .ended: break
    }
  }

  private var isWritable: Bool { outlet?.isWritable ?? false }

  /// Whether the outlet takes more, if need be after it has handed on what it has.
  private func isWritableAfterFlush() -> Bool {
    if !isWritable { flush() }
    return isWritable
  }

  private func nextObject() -> StreamObject? {
    while case .replaying = phase {
      guard !historyReader.isWaiting else { return nil }
      switch replay.next(broadcast.reach) {
      case .item(.line(let line)): if filter.passes(line) { return line.object }
      case .item(.gap(let numbers, let reason)):
        return StreamObject(.gap, StreamLines.gap(numbers, reason: reason))
      case .upToDate: phase = .live
      case .readHistory:
        let isBegun = historyReader.read(after: replay.position, for: self)
        if !isBegun { replay.giveUp(broadcast.reach) }
      }
    }
    return queue.next()
  }

  private func sayBye(_ reason: ByeReason) {
    phase = .saidBye
    flush()
    guard case .saidBye = phase else { return }
    startStuckTimer()
    outlet?.end(.bye(StreamObject(.bye, StreamLines.bye(reason: reason)), reason))
  }

  /// The timer runs from when there was no place for a line until the client takes anything.
  private func startStuckTimer() {
    guard stuckTimer == nil else { return }
    let timeout = TimeAmount(broadcast.settings.stuckClientTimeout)
    stuckTimer = broadcast.loop.assumeIsolated().scheduleTask(in: timeout) {
      self.broadcast.countStuck(self)
      self.leaveAtOnce(.stuck)
    }
  }

  private func stopStuckTimer() {
    stuckTimer?.cancel()
    stuckTimer = nil
  }
}
