/// The way of one client from the number that it has to the present.
///
/// Pages of the history come first, then the lines that are still remembered.
struct Replay {
  /// What to do next.
  enum Step: Equatable {
    /// Send this; an item may be a line that the client does not want.
    case item(HistoryPage.Item)
    /// The history is to be asked for what follows `position`.
    case readHistory
    /// Every number that was given out has been given to this client.
    case upToDate
  }

  /// Every number up to this one was given, as a line or within a gap.
  private(set) var position: UInt64
  /// What is left of the page in hand, the next item last.
  private var items: [HistoryPage.Item] = []

  init(after position: UInt64) { self.position = position }

  /// The next step in the stream as far as `reach` says that it can be had.
  mutating func next(_ reach: StreamReach) -> Step {
    if let item = items.popLast() { return give(item) }
    if position >= reach.newest { return .upToDate }
    if let line = reach.recent[position + 1] { return give(.line(line)) }
    let oldest = min(reach.oldest, reach.firstRecent)
    if position + 1 < oldest { return give(.gap(position + 1...oldest - 1, reason: .expired)) }
    return .readHistory
  }

  /// Takes the page that was asked for; returns whether it goes beyond `position`.
  mutating func take(_ page: HistoryPage, _ reach: StreamReach) -> Bool {
    items = page.covering(after: position, reach).reversed()
    return !items.isEmpty
  }

  /// Gives up the numbers that nobody has: those before the first that is remembered.
  mutating func giveUp(_ reach: StreamReach) {
    items = [.gap(position + 1...reach.firstRecent - 1, reason: .notStored)]
  }

  private mutating func give(_ item: HistoryPage.Item) -> Step {
    position = item.numbers.upperBound
    return .item(item)
  }
}
