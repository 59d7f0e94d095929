import Spectra

/// What the store's thread does, step by step, until the store is closed.
struct StoreWork {
  let store: OpenStore
  /// CLOCK_MONOTONIC in nanoseconds before which nothing is written: the last attempt failed.
  private var retryTime: UInt64 = 0
  private var retrySeconds: UInt64 = 1
  /// CLOCK_MONOTONIC in nanoseconds before which no block is reserved ahead, after a failure.
  private var refillTime: UInt64 = 0
  /// CLOCK_MONOTONIC in nanoseconds before which no further file is set aside.
  var renewalTime: UInt64 = 0
  /// CLOCK_MONOTONIC in nanoseconds when old events are looked for next.
  var expiryTime: UInt64 = 0
  /// How many batches had been written when they were looked for last.
  var expiryBatches = 0

  /// How often old events are looked for when nothing is written.
  static let expirySeconds: UInt64 = 60
  /// A disk that damages everything must not fill up with files that were set aside.
  static let renewalSeconds: UInt64 = 60
  /// The longest pause between two attempts to write.
  private static let retrySecondsMax: UInt64 = 10

  init(_ store: OpenStore) { self.store = store }

  /// Runs until the store is closed.
  mutating func run() {
    while !isClosing {
      store.wakeUp.wait(milliseconds: pauseMilliseconds)
      step()
    }
    finish()
  }

  var isClosing: Bool { store.figures.with(\.isClosing) }

  private var pauseMilliseconds: Int {
    let now = MonotonicTime.now()
    if store.queue.count > 0, now >= retryTime { return 0 }
    let isTroubled = store.figures.with { $0.failure != nil || $0.needsTruncation }
    let next = isTroubled ? max(retryTime, now + 500_000_000) : expiryTime
    return next > now ? Int((next - now) / 1_000_000) + 1 : 0
  }

  private mutating func step() {
    refill()
    guard MonotonicTime.now() >= retryTime else { return }
    do throws(StoreError) {
      if let damage = store.figures.with(\.damage) { try renew(damage) }
    } catch {
      return noteFailure(error)
    }
    do throws(StoreError) {
      waitForBatch()
      try store.folder.checkFileIsThere()
      while try writeBatch(), !isClosing {}
      noteSuccess()
      try expire()
      store.truncateLog()
    } catch {
      guard error.isDamage else { return noteFailure(error) }
      store.figures.note(damage: error)
      store.wakeUp.signal()
    }
  }

  private mutating func refill() {
    guard store.numbers.isLow, MonotonicTime.now() >= refillTime else { return }
    do throws(StoreError) {
      try store.numbers.refill()
    } catch {
      refillTime = MonotonicTime.now() + 1_000_000_000
      store.noteReservation(error)
    }
  }

  /// Gives a batch that has begun some time to grow: one sync for many events.
  private mutating func waitForBatch() {
    let end = MonotonicTime.now() + UInt64(EventBatch.waitMilliseconds) * 1_000_000
    while (1..<EventBatch.eventsMax).contains(store.queue.count), !isClosing {
      let now = MonotonicTime.now()
      guard now < end else { return }
      store.wakeUp.wait(milliseconds: Int((end - now) / 1_000_000) + 1)
      refill()
    }
  }

  /// Writes one batch; returns whether a whole further one waits.
  private func writeBatch() throws(StoreError) -> Bool {
    try store.withWriter { (writer) throws(StoreError) in try store.writeBatch(&writer) }
    return store.queue.count >= EventBatch.eventsMax
  }

  private mutating func noteSuccess() {
    (retryTime, retrySeconds) = (0, 1)
    let notStored = store.counters().notStored
    let givenUp = store.figures.with { figures -> Int? in
      guard figures.failure != nil else { return nil }
      figures.failure = nil
      return notStored - figures.notStoredBefore
    }
    if let givenUp { store.report(.writesAgain(notStored: givenUp)) }
    store.refreshFigures()
  }

  private mutating func noteFailure(_ error: StoreError) {
    if error.isOfTheEvents { store.giveUpPending() }
    retryTime = MonotonicTime.now() + retrySeconds * 1_000_000_000
    retrySeconds = min(retrySeconds * 2, StoreWork.retrySecondsMax)
    let notStored = store.counters().notStored
    let isFirst = store.figures.with { figures in
      defer { figures.failure = error }
      guard figures.failure == nil else { return false }
      figures.notStoredBefore = notStored
      return true
    }
    if isFirst { store.report(.cannotWrite(error)) }
  }
}
