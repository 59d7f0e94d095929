/// The way to one client: a connection of the predictions' socket, or a Varlink subscription.
///
/// Used on the event loop only. An outlet tells its `Subscription` when it is writable again and
/// when it has closed, for whatever reason.
package protocol StreamOutlet: AnyObject {
  /// Comes first and once: what the outlet tells how it fares.
  func begin(_ subscription: Subscription)
  /// Whether the client takes more at once; lines are written only while it holds, but for `hello`
  /// and `bye`.
  var isWritable: Bool { get }
  /// Writes one object; it may wait for `flush`.
  func write(_ object: StreamObject)
  /// Hands everything that was written to the system.
  func flush()
  /// The last call, but for a `stuck` that may follow a `bye`; `end` says what is to be done.
  func end(_ end: SubscriptionEnd)
}

/// Why the daemon ends a subscription.
package enum SubscriptionEnd: Equatable, Sendable {
  /// Write the object, a `bye` with this reason, behind all others and close when it is taken.
  case bye(StreamObject, ByeReason)
  /// The history could not be read, with the error's words; everything before is written.
  case historyFailed(String)
  /// The client takes nothing: close at once, what it has not taken is lost.
  case stuck
}

/// Why somebody cannot subscribe.
package enum SubscriptionRefusal: Error, Equatable, Sendable {
  /// Numbers count in another stream now.
  case streamChanged(stream: String)
  /// As many clients of this kind as may be are served already.
  case tooManyClients(limit: Int)
  /// The daemon stops.
  case shuttingDown
}
