import CSystemd

/// What the service manager is told of this service; without one, nothing is done.
///
/// systemd gives the address in NOTIFY_SOCKET. A message is one datagram: it never waits.
package struct NotifySocket: Sendable {
  /// Makes the way to whoever started this process.
  package init() {}

  /// The service does its work; `status` is one line that a person understands.
  package func ready(status: String) { send("READY=1\n" + NotifySocket.line(status: status)) }

  /// What the service does now, in one line that a person understands.
  package func status(_ text: String) { send(NotifySocket.line(status: text)) }

  /// The configuration is being read again; call `ready` when that is done or refused.
  ///
  /// `now` is CLOCK_MONOTONIC: systemd 253 and later tell one reload from another by it.
  package func reloading(monotonicNanoseconds now: UInt64) {
    send("RELOADING=1\nMONOTONIC_USEC=\(now / 1_000)")
  }

  /// The service comes to its end.
  package func stopping(status: String) { send("STOPPING=1\n" + NotifySocket.line(status: status)) }

  /// Every stage is alive.
  package func alive() { send("WATCHDOG=1") }

  /// One assignment: a line's end in the text would begin another.
  static func line(status: String) -> String {
    "STATUS=" + String(status.map { $0.isNewline ? " " : $0 })
  }

  private func send(_ state: String) {
    // The environment stays: a later message needs the address. What goes wrong is systemd's to
    // notice, by a READY or WATCHDOG that does not come.
    _ = unsafe sd_notify(0, state)
  }
}
