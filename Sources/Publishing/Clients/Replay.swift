/// The way of one client from the number that it has to the present.
///
/// Pages of the history come first, then the lines that are still remembered. Whatever a page holds,
/// each number is given once, in order, as a line or within a gap.
struct Replay {
  /// What to do next.
  enum Step: Equatable {
    case line(NumberedLine)
    case gap(ClosedRange<UInt64>, reason: GapReason)
    /// The history is to be asked for what follows `position`.
    case readHistory
    /// Every number that was given out has been given to this client.
    case upToDate
  }

  /// Every number up to this one was given.
  private(set) var position: UInt64
  /// What is left of the page in hand, the next item last.
  private var items: [HistoryPage.Item] = []
  /// The page in hand covers every number up to this one.
  private var through: UInt64

  init(after position: UInt64) {
    (self.position, through) = (position, position)
  }

  /// The next step in the stream that reaches from `reach.oldest` to `reach.newest`.
  mutating func next(_ reach: StreamReach) -> Step {
    while let item = items.last {
      if let step = step(item, reach) { return step }
      items.removeLast()
    }
    if position < through { return passHole(through: through, reach) }
    if position >= reach.newest { return .upToDate }
    if let line = reach.recent[position + 1] {
      position += 1
      return .line(line)
    }
    let oldest = min(reach.oldest, reach.firstRecent)
    if position + 1 < oldest { return pass(through: oldest - 1, reason: .expired) }
    return .readHistory
  }

  /// Takes the page that was asked for; returns whether it goes beyond `position`.
  mutating func take(_ page: HistoryPage, _ reach: StreamReach) -> Bool {
    items = page.items.reversed()
    through = min(page.through, reach.newest)
    return through > position
  }

  /// Gives up the numbers that nobody has: those before the first that is remembered.
  mutating func giveUp(_ reach: StreamReach) -> ClosedRange<UInt64> {
    defer { position = reach.firstRecent - 1 }
    return (position + 1)...(reach.firstRecent - 1)
  }

  /// What `item` is for this client, or nil when there is nothing new in it.
  ///
  /// An item stays in hand until what lies before it was given, too.
  private mutating func step(_ item: HistoryPage.Item, _ reach: StreamReach) -> Step? {
    let numbers =
      switch item {
      case .line(let line): line.sequence...line.sequence
      case .gap(let numbers, _): numbers
      }
    guard numbers.upperBound > position, numbers.lowerBound <= through else { return nil }
    if numbers.lowerBound > position + 1 { return passHole(through: numbers.lowerBound - 1, reach) }
    switch item {
    case .line(let line):
      position = line.sequence
      return .line(line)
    case .gap(_, let reason):
      return pass(through: min(numbers.upperBound, through), reason: reason)
    }
  }

  /// Numbers that a page says nothing about, though it claims to cover them.
  private mutating func passHole(through end: UInt64, _ reach: StreamReach) -> Step {
    pass(through: end, reason: end < reach.oldest ? .expired : .notStored)
  }

  private mutating func pass(through end: UInt64, reason: GapReason) -> Step {
    defer { position = end }
    return .gap((position + 1)...end, reason: reason)
  }
}
