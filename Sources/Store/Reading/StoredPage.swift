/// A piece of the stream as it is stored, without a hole.
package struct StoredPage: Equatable, Sendable {
  /// What was asked for in rising order; every number is that of a line or lies in a gap.
  package var items: [StoredItem]
  /// The last number that the items cover; the number asked after when there are none.
  package var through: UInt64

  /// Makes a page from its parts.
  package init(items: [StoredItem], through: UInt64) {
    (self.items, self.through) = (items, through)
  }
}

/// One line of the stream, or numbers that have none.
package enum StoredItem: Equatable, Sendable {
  /// An event as clients read it.
  case line(StoredLine)
  /// Numbers without a line; the reason is `crash`, `notStored`, `expired` or `deleted`.
  case gap(ClosedRange<UInt64>, reason: String)
}

/// One stored event as clients read it, with what they may filter by.
package struct StoredLine: Equatable, Sendable {
  /// The event's number.
  package var sequence: UInt64
  /// What it is: `prediction`, `scanner`, `bundle` or `scansLost`.
  package var kind: String
  /// The scanner's name; nil for events of no scanner.
  package var scanner: String?
  /// Whether the event ends a sample.
  package var isFinal: Bool
  /// The line, its newline included.
  package var bytes: [UInt8]

  /// Makes a line from its parts.
  package init(
    sequence: UInt64,
    kind: String,
    scanner: String?,
    isFinal: Bool,
    bytes: [UInt8]
  ) {
    (self.sequence, self.kind, self.scanner) = (sequence, kind, scanner)
    (self.isFinal, self.bytes) = (isFinal, bytes)
  }
}

/// Why numbers have no line, under the names that clients read.
package enum GapReason {
  /// The daemon ended before they were committed.
  package static let crash = "crash"
  /// The store could not take them.
  package static let notStored = "notStored"
  /// They were deleted for their age or the store's size.
  package static let expired = "expired"
  /// Their sample was deleted.
  package static let deleted = "deleted"
}
