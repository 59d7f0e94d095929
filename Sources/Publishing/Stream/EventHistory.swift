/// What was stored of one stream, read piece by piece.
package protocol EventHistory: Sendable {
  /// What follows number `after`: at most so many lines, the oldest first.
  ///
  /// Called off the event loop, for one client one call at a time. An error ends the subscription
  /// that is being replayed: its numbers may well be stored, so they are not called lost.
  func page(after: UInt64, limit: Int) async throws -> HistoryPage
}

/// One piece of a stream's history.
package struct HistoryPage: Equatable, Sendable {
  /// One number's line, or numbers that have none.
  package enum Item: Equatable, Sendable {
    /// The line as it was published.
    case line(NumberedLine)
    /// Numbers that cannot be had, and why.
    case gap(ClosedRange<UInt64>, reason: GapReason)
  }

  /// Lines and gaps in the order of their numbers.
  package var items: [Item]
  /// The items cover every number up to this one; as it was asked when nothing more is committed
  /// yet.
  package var through: UInt64

  /// Makes a page from its items and the number through which they cover the stream.
  package init(items: [Item], through: UInt64) {
    (self.items, self.through) = (items, through)
  }
}

extension HistoryPage.Item {
  /// The numbers that the item covers.
  var numbers: ClosedRange<UInt64> {
    switch self {
    case .line(let line): line.sequence...line.sequence
    case .gap(let numbers, _): numbers
    }
  }
}

extension HistoryPage {
  /// The items that a client who has every number up to `position` is to be given.
  ///
  /// Whatever the page holds, they cover each number behind `position` and up to `through` once and
  /// in order. Numbers that the page forgets are a gap; neighbouring gaps of one reason are one.
  func covering(after position: UInt64, _ reach: StreamReach) -> [Item] {
    let end = min(through, reach.newest)
    guard end > position else { return [] }
    var covered: [Item] = []
    covered.reserveCapacity(items.count)
    var next = position + 1
    for item in items where item.numbers.upperBound >= next && item.numbers.lowerBound <= end {
      let numbers = item.numbers
      if numbers.lowerBound > next {
        covered.appendHole(next...numbers.lowerBound - 1, oldest: reach.oldest)
      }
      switch item {
      case .line: covered.append(item)
      case .gap(_, let reason):
        covered.appendGap(max(numbers.lowerBound, next)...min(numbers.upperBound, end), reason)
      }
      next = min(numbers.upperBound, end) + 1
    }
    if next <= end { covered.appendHole(next...end, oldest: reach.oldest) }
    return covered
  }
}

extension [HistoryPage.Item] {
  /// Adds numbers of which nothing is known.
  fileprivate mutating func appendHole(_ numbers: ClosedRange<UInt64>, oldest: UInt64) {
    appendGap(numbers, numbers.upperBound < oldest ? .expired : .notStored)
  }

  fileprivate mutating func appendGap(_ numbers: ClosedRange<UInt64>, _ reason: GapReason) {
    if case .gap(let previous, reason) = last {
      self[count - 1] = .gap(previous.lowerBound...numbers.upperBound, reason: reason)
    } else {
      append(.gap(numbers, reason: reason))
    }
  }
}
