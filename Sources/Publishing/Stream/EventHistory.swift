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

  /// Makes a page from its parts.
  package init(items: [Item], through: UInt64) {
    (self.items, self.through) = (items, through)
  }
}
