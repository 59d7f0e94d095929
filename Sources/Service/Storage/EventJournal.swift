import Dispatch
import Logging
import NIOPosix
import Publishing
import Spectra
import Store
import Streaming
import Synchronization

/// Where events get their numbers and are kept: the store, or nothing while there is none.
///
/// A number is reserved on the disk before it is used. When that cannot be had the events go on in a
/// stream of their own that nobody keeps, and come back to the store's when it can be used again.
final class EventJournal: Sendable {
  /// What the publishing thread has to do before the next events.
  private enum Change: Sendable {
    /// The store was replaced by a new one: it counts in another stream.
    case otherStream
    /// There is a store again.
    case storeIsBack(Store)
  }

  private struct State: Sendable {
    var store: Store?
    var change: Change?
    /// What it said about itself when it could not be used.
    var problem: String?
  }

  /// A disk that takes longer keeps nobody's predictions.
  private static let reservationSecondsMax = 3.0

  private let state: Mutex<State>
  private let numbers: Mutex<any EventNumbers>
  private let logger: Logger
  /// Whether events are to be kept at all.
  let isConfigured: Bool

  /// Keeps events in `store`, or nowhere when it is nil or cannot be used.
  init(_ store: Store?, logger: Logger) {
    isConfigured = store != nil
    let usable = store.flatMap { $0.problem == nil ? $0 : nil }
    state = Mutex(State(store: usable, problem: store?.problem))
    numbers = Mutex(usable.map { StoredNumbers(of: $0) } ?? UnstoredNumbers())
    self.logger = logger
  }

  /// The numbers that events get now.
  var currentNumbers: any EventNumbers { numbers.withLock { $0 } }

  /// What was stored of the current stream; nil while nothing is.
  var history: (any EventHistory)? { store.map { StoredHistory(store: $0) } }

  /// The store in use; nil while there is none.
  var store: Store? { state.withLock { $0.store } }

  /// How the store is, for people and monitoring.
  var counters: StoreCounters {
    if let store { return store.counters }
    var counters = StoreCounters()
    counters.problem = state.withLock { $0.problem } ?? "no store is configured"
    return counters
  }

  /// Takes note that the store was replaced; any thread may tell.
  func streamHasChanged() { state.withLock { $0.change = .otherStream } }

  /// Offers a store that was opened after the last one was lost; any thread may.
  func offer(_ store: Store) { state.withLock { $0.change = .storeIsBack(store) } }

  /// Reserves numbers for so many events, on the publishing thread; follows the store's changes.
  func prepare(eventCount: Int, on server: PredictionServer) {
    followChange(on: server)
    guard let store else { return }
    let last = currentNumbers.next + UInt64(eventCount) - 1
    if store.reserveWithoutWaiting(through: last) || reserve(last, in: store) { return }
    let problem = store.counters.problem ?? "no further number can be reserved"
    state.withLock { ($0.store, $0.problem) = (nil, problem) }
    // Off this thread, since it may wait for a disk that hangs; the next attempt opens it anew.
    NIOThreadPool.singleton.submit { _ in store.close() }
    use(UnstoredNumbers(), history: nil, on: server)
    logger.tell(.streamChanged, "events are numbered without a store: \(problem)")
  }

  /// Waits for the disk to reserve numbers, but not for one that hangs.
  private func reserve(_ last: UInt64, in store: Store) -> Bool {
    let isDone = DispatchSemaphore(value: 0)
    let outcome = ReservationOutcome()
    NIOThreadPool.singleton.submit { _ in
      outcome.set(store.reserve(through: last))
      isDone.signal()
    }
    guard isDone.wait(timeout: .now() + EventJournal.reservationSecondsMax) == .success else {
      return false
    }
    return outcome.value
  }

  /// Hands published events to the store, on the publishing thread; never waits for the disk.
  func keep(_ events: [StoredEvent]) { store?.append(events) }

  /// Writes what waits; the last thing that happens to the store.
  func close() { state.withLock { $0.store }?.close() }

  private func followChange(on server: PredictionServer) {
    let change = state.withLock { state in
      defer { state.change = nil }
      return state.change
    }
    switch change {
    case nil: return
    case .otherStream:
      guard let store else { return }
      // Numbers go on: what was reserved stays so, and none is used twice.
      use(StoredNumbers(of: store), history: StoredHistory(store: store), on: server)
      logger.tell(.streamChanged, "events are numbered in the new store's stream")
    case .storeIsBack(let store):
      state.withLock { ($0.store, $0.problem) = (store, nil) }
      use(StoredNumbers(of: store), history: StoredHistory(store: store), on: server)
      logger.tell(.storeRecovered, "events are stored again, in the store's own stream")
    }
  }

  private func use(
    _ next: any EventNumbers,
    history: (any EventHistory)?,
    on server: PredictionServer
  ) {
    numbers.withLock { $0 = next }
    server.changeStream(to: next, history: history)
  }
}

/// What a reservation came to, on its way from another thread.
private final class ReservationOutcome: Sendable {
  private let isReserved = Mutex(false)

  var value: Bool { isReserved.withLock { $0 } }

  func set(_ value: Bool) { isReserved.withLock { $0 = value } }
}
