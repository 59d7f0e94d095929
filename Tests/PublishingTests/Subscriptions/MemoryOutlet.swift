import NIOCore
import Publishing
import Synchronization

/// A client in memory that takes as many objects as it was granted.
final class MemoryOutlet: StreamOutlet, Sendable {
  private struct State {
    var credit: Int
    var objects: [StreamObject] = []
    var flushedCount = 0
    var end: SubscriptionEnd?
    var onWrite: (@Sendable () -> Void)?
    var subscription: Subscription?
  }

  private let state: Mutex<State>

  /// Makes a client that takes so many objects after the hello before it is granted more.
  init(credit: Int = .max / 2) { state = Mutex(State(credit: credit)) }

  /// Everything that the daemon said and flushed.
  var objects: [StreamObject] {
    state.withLock { state in Array(state.objects.prefix(state.flushedCount)) }
  }

  /// As `objects`, without those before `start`.
  func objects(from start: Int) -> [StreamObject] {
    state.withLock { state in
      start < state.flushedCount ? Array(state.objects[start..<state.flushedCount]) : []
    }
  }

  /// The lines of `objects`, without newlines.
  var lines: [String] { objects.map { String(buffer: $0.line).filter { $0 != "\n" } } }

  var ending: SubscriptionEnd? { state.withLock { $0.end } }

  /// Takes so many objects more.
  func grant(_ count: Int) {
    let subscription = state.withLock { state in
      state.credit += count
      return state.subscription
    }
    subscription?.outletBecameWritable()
  }

  /// Goes away without a word.
  func hangUp() {
    let subscription = state.withLock { state in
      state.credit = 0
      return state.subscription.take()
    }
    subscription?.outletClosed()
  }

  /// Has `work` done whenever something is written.
  func onWrite(_ work: @escaping @Sendable () -> Void) {
    state.withLock { $0.onWrite = work }
  }

  func begin(_ subscription: Subscription) {
    state.withLock { $0.subscription = subscription }
  }

  var isWritable: Bool { state.withLock { $0.credit > 0 && $0.end == nil } }

  func write(_ object: StreamObject) {
    let onWrite = state.withLock { state in
      if object.kind != .hello { state.credit -= 1 }
      state.objects.append(object)
      return state.onWrite
    }
    onWrite?()
  }

  func flush() {
    state.withLock { $0.flushedCount = $0.objects.count }
  }

  func end(_ end: SubscriptionEnd) {
    let subscription = state.withLock { state in
      if case .bye(let object, _) = end { state.objects.append(object) }
      (state.end, state.flushedCount) = (end, state.objects.count)
      return state.credit > 0 ? state.subscription.take() : nil
    }
    // One that takes nothing more does not take the `bye` either.
    subscription?.outletClosed()
  }
}

/// What a line says, read without a JSON parser: the values asked for here hold no comma.
func member(_ name: String, of line: String) -> String? {
  line.firstRange(of: "\"\(name)\":").map {
    String(line[$0.upperBound...].prefix { $0 != "," && $0 != "}" }.filter { $0 != "\"" })
  }
}

func number(_ name: String, of line: String) -> UInt64? {
  member(name, of: line).flatMap { UInt64($0) }
}
