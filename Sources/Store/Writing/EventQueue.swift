import Synchronization

/// Events that wait to be written: bounded; when it is full, the oldest are given up and counted.
final class EventQueue: Sendable {
  fileprivate struct Contents {
    var events: [StoredEvent] = []
    /// Where the oldest event is; those before it were taken already.
    var first = 0
    var givenUp = 0
    var isReportDue = true
    var isClosed = false

    var count: Int { events.count - first }
  }

  private let contents = Mutex(Contents())
  private let limit: Int
  private let wakeUp: WakingSignal

  /// An empty queue of at most `limit` events, which wakes the store's thread.
  init(limit: Int, wakeUp: WakingSignal) {
    (self.limit, self.wakeUp) = (max(1, limit), wakeUp)
  }

  /// How many events wait.
  var count: Int { contents.withLock(\.count) }
  /// How many events were given up since the start.
  var givenUpCount: Int { contents.withLock(\.givenUp) }
  /// The number of the oldest event that waits; nil when none does.
  var firstSequence: UInt64? {
    contents.withLock { $0.count > 0 ? $0.events[$0.first].sequence : nil }
  }

  /// Adds events behind the others.
  ///
  /// - Returns: whether this is the first time since it was empty that events were given up.
  func append(_ added: [StoredEvent]) -> Bool {
    let (isReportDue, isWakeUpDue) = contents.withLock { contents in
      guard !contents.isClosed else {
        contents.givenUp += added.count
        return (false, false)
      }
      let before = contents.count
      contents.events.append(contentsOf: added)
      let wakesFor = [1, EventBatch.eventsMax].contains { before < $0 && contents.count >= $0 }
      let surplus = contents.count - limit
      guard surplus > 0 else { return (false, wakesFor) }
      contents.first += surplus
      contents.givenUp += surplus
      contents.compact()
      defer { contents.isReportDue = false }
      return (contents.isReportDue, wakesFor)
    }
    if isWakeUpDue { wakeUp.signal() }
    return isReportDue
  }

  /// Takes the oldest events, at most `limit`.
  func take(_ limit: Int) -> [StoredEvent] {
    contents.withLock { contents in
      let count = min(limit, contents.count)
      let taken = Array(contents.events[contents.first..<(contents.first + count)])
      contents.first += count
      contents.compact()
      if contents.count == 0 { contents.isReportDue = true }
      return taken
    }
  }

  /// Takes no more events: those appended from now on are counted as given up.
  func close() { contents.withLock { $0.isClosed = true } }

  /// Counts what waits as given up.
  func giveUp() {
    contents.withLock { contents in
      contents.givenUp += contents.count
      contents.first = contents.events.count
      contents.compact()
    }
  }
}

extension EventQueue.Contents {
  /// Frees what was taken once it is the larger part, so that each event is moved once at most.
  mutating func compact() {
    guard first > events.count / 2 else { return }
    events.removeFirst(first)
    first = 0
  }
}

/// The limits of one batch of events.
enum EventBatch {
  /// Events written in one transaction at most.
  static let eventsMax = 512
  /// How long the first event of a batch waits for others, in milliseconds.
  static let waitMilliseconds = 300
}
