/// Why a client does not receive some numbers.
package enum GapReason: String, CaseIterable, Sendable {
  /// The client's queue was full.
  case slowClient
  /// The line was longer than a client must accept.
  case lineTooLong
  /// The daemon crashed before the events were committed, or before it used the numbers.
  case crash
  /// The store could not take the events.
  case notStored
  /// The events were deleted for their age or the store's size.
  case expired
  /// The events' sample was deleted.
  case deleted
}

/// Why the daemon says `bye`.
package enum ByeReason: String, CaseIterable, Sendable {
  /// The daemon stops.
  case shutdown
  /// As many clients as may be are served already.
  case tooManyClients
  /// Numbers count in another stream from now on.
  case streamChanged
}
