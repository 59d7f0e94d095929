import Publishing
import Synchronization

/// The numbers and the history of a stream, kept in memory and as slow or broken as a test likes.
final class MemoryStore: EventNumbers, EventHistory {
  struct Broken: Error, CustomStringConvertible {
    let description = "the disk is on fire"
  }

  private struct State {
    var next: UInt64
    var oldest: UInt64
    var committed: UInt64
    var items: [UInt64: HistoryPage.Item] = [:]
    var isHeld = false
    var isBroken = false
    var isForgetful = false
    var pageCount = 0
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  let stream: String
  private let state: Mutex<State>

  init(stream: String = "stored", next: UInt64 = 1) {
    self.stream = stream
    state = Mutex(State(next: next, oldest: next, committed: next - 1))
  }

  var next: UInt64 { state.withLock { $0.next } }
  var oldest: UInt64 { state.withLock { $0.oldest } }
  var committed: UInt64 { state.withLock { $0.committed } }
  /// How many pages were asked for.
  var pageCount: Int { state.withLock { $0.pageCount } }

  func take() -> UInt64 {
    state.withLock { state in
      defer { state.next += 1 }
      return state.next
    }
  }

  /// Commits one item that follows those before it.
  func commit(_ item: HistoryPage.Item) {
    state.withLock { state in
      let numbers =
        switch item {
        case .line(let line): line.sequence...line.sequence
        case .gap(let numbers, _): numbers
        }
      if state.items.isEmpty { state.oldest = numbers.lowerBound }
      for number in numbers { state.items[number] = item }
      state.committed = numbers.upperBound
    }
  }

  func commit(_ lines: [NumberedLine]) {
    for line in lines { commit(.line(line)) }
  }

  /// Puts a gap in the place of a line that is committed.
  func delete(_ number: UInt64) {
    state.withLock { $0.items[number] = .gap(number...number, reason: .deleted) }
  }

  /// Deletes everything before `oldest` for its age.
  func expire(before oldest: UInt64) {
    state.withLock { state in
      for number in state.oldest..<max(state.oldest, oldest) { state.items[number] = nil }
      state.oldest = max(state.oldest, oldest)
    }
  }

  /// Keeps every page back until `release`.
  func hold() {
    state.withLock { $0.isHeld = true }
  }

  func release() {
    let waiting = state.withLock { state in
      state.isHeld = false
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  func breakDown() {
    state.withLock { $0.isBroken = true }
  }

  /// Leaves gaps out of pages, begins them too early and claims more than there is.
  func becomeForgetful() {
    state.withLock { $0.isForgetful = true }
  }

  func page(after: UInt64, limit: Int) async throws -> HistoryPage {
    await withCheckedContinuation { continuation in
      let isHeld = state.withLock { state in
        state.pageCount += 1
        if state.isHeld { state.waiting.append(continuation) }
        return state.isHeld
      }
      if !isHeld { continuation.resume() }
    }
    return try state.withLock { state in
      if state.isBroken { throw Broken() }
      return state.isForgetful
        ? MemoryStore.forgetfulPage(state, after: after, limit: limit)
        : MemoryStore.page(state, after: after, limit: limit)
    }
  }

  private static func page(_ state: State, after: UInt64, limit: Int) -> HistoryPage {
    var items: [HistoryPage.Item] = []
    var through = after
    if after + 1 < state.oldest {
      through = state.oldest - 1
      items.append(.gap((after + 1)...through, reason: .expired))
    }
    while through < state.committed, items.count < limit, let item = state.items[through + 1] {
      items.append(item)
      switch item {
      case .line: through += 1
      case .gap(let numbers, _): through = numbers.upperBound
      }
    }
    return HistoryPage(items: items, through: through)
  }

  private static func forgetfulPage(_ state: State, after: UInt64, limit: Int) -> HistoryPage {
    var page = page(state, after: max(after, 3) - 3, limit: limit)
    page.items.removeAll { item in
      if case .gap = item { true } else { false }
    }
    if page.through == state.committed { page.through += 1_000_000 }
    if page.through <= after { page.through = after }
    return page
  }
}
