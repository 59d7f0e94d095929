import Synchronization

/// What is known of the store without asking its files; safe from any thread, held for moments.
final class StoreFigures: Sendable {
  /// The figures themselves.
  struct Values {
    var counters = StoreCounters()
    /// Why the file of events has to be set aside; nil when it has not.
    var damage: StoreError?
    /// Why the last batch could not be written; nil when it could.
    var failure: StoreError?
    /// How many events had been given up when writing began to fail.
    var notStoredBefore = 0
    var isClosing = false
    var isReservationReported = false
    /// CLOCK_MONOTONIC in nanoseconds when the batch that is being written was begun.
    var batchStart: UInt64?
    /// Deleted bytes may still stand in the log.
    var needsTruncation = false

    /// What to say of a batch that the disk does not take; nil when all is well.
    func hangingWords(at now: UInt64) -> String? {
      guard let batchStart, now > batchStart else { return nil }
      let seconds = (now - batchStart) / 1_000_000_000
      return seconds < 5 ? nil : "the disk has not taken a batch of events for \(seconds) s"
    }
  }

  private let values: Mutex<Values>

  init(_ counters: StoreCounters) { values = Mutex(Values(counters: counters)) }

  /// Reads or changes the figures.
  func with<Result: Sendable>(_ use: (inout Values) -> Result) -> Result {
    values.withLock { values in use(&values) }
  }

  /// Notes that the file of events is damaged, unless that is known already.
  func note(damage: StoreError) { with { $0.damage = $0.damage ?? damage } }
}
