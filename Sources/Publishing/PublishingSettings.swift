import Spectra

/// How the predictions' socket behaves; the defaults are those of the daemon.
package struct PublishingSettings: Sendable {
  /// Path of the Unix socket; its folder must exist.
  package var socketPath: String
  /// The socket's permission bits.
  package var socketMode: UInt32 = 0o660
  /// The program and its version, such as `spectrad 1.0.0`, told in `hello`.
  package var daemon: String
  /// Clients served at the same time; the next one is refused with a `bye`.
  package var clientsMax = Limits.clients
  /// Lines that wait for one client at most.
  package var queuedLinesMax = 1_024
  /// Bytes that wait for one client at most.
  package var queuedBytesMax = 4 << 20
  /// A client hears from the daemon this often; the contract promises every 20 s at least.
  package var heartbeatInterval = Duration.seconds(15)
  /// A client that takes nothing for this long while its queue is full is disconnected.
  package var stuckClientTimeout = Duration.seconds(60)
  /// How long a shutdown waits for clients to take their last lines.
  package var shutdownTimeout = Duration.seconds(2)

  /// Makes the daemon's settings for one socket.
  package init(socketPath: String, daemon: String) {
    (self.socketPath, self.daemon) = (socketPath, daemon)
  }
}

/// What the predictions' socket has counted since the start.
package struct PublishingCounters: Equatable, Sendable {
  /// Clients connected now.
  package var clientsConnected = 0
  /// Clients accepted since the start.
  package var clientsAccepted: UInt64 = 0
  /// Clients refused because there were too many.
  package var clientsRefused: UInt64 = 0
  /// Clients disconnected because they took nothing for too long.
  package var clientsStuck: UInt64 = 0
  /// Lines that slow clients did not get, summed over all clients.
  package var linesDropped: UInt64 = 0
  /// Lines longer than `Limits.lineBytes`, each replaced by a gap of one number.
  package var linesTooLong: UInt64 = 0
  /// Lines published, each counted once however many clients read it.
  package var linesPublished: UInt64 = 0
}
