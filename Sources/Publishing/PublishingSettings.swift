import LocalSockets
import Spectra

/// How the predictions' socket behaves; the defaults are those of the daemon.
package struct PublishingSettings: Sendable {
  /// Path of the Unix socket; its folder must exist.
  package var socketPath: String
  /// The socket's permission bits.
  package var socketMode: UInt32 = 0o660
  /// A socket that listens already, handed down by systemd; then no path is bound, no file removed
  /// and no lock taken.
  package var inheritedDescriptor: CInt?
  /// The program and its version, such as `spectrad 1.0.0`, told in `hello`.
  package var daemon: String
  /// Clients of one origin served at the same time; the next one is refused.
  package var clientsMax = Limits.clients
  /// Lines that wait for one client at most.
  package var queuedLinesMax = 1_024
  /// Bytes that wait for one client at most.
  package var queuedBytesMax = 4 << 20
  /// Lines that are remembered for clients that come back, while the store has not got them.
  package var recentLinesMax = 4_096
  /// Bytes of lines that are remembered.
  package var recentBytesMax = 8 << 20
  /// Lines read from the history at a time, for one client.
  package var historyPageLines = 128
  /// A history that knows nothing new is asked again after this time.
  package var historyPause = Duration.milliseconds(100)
  /// How long numbers are waited for that the history has not got yet; then they are a gap.
  package var historyPatience = Duration.seconds(10)
  /// A client hears from the daemon this often; the contract promises every 20 s at least.
  package var heartbeatInterval = Duration.seconds(15)
  /// A client that takes nothing for this long while its queue is full is disconnected.
  package var stuckClientTimeout = Duration.seconds(60)
  /// How long a shutdown waits for clients to take their last lines.
  package var shutdownTimeout = Duration.seconds(2)

  /// Where the server listens.
  var place: ListeningPlace {
    inheritedDescriptor.map { .inherited(descriptor: $0, path: socketPath) }
      ?? .path(socketPath, mode: socketMode)
  }

  /// Makes the daemon's settings for one socket.
  package init(socketPath: String, daemon: String) {
    (self.socketPath, self.daemon) = (socketPath, daemon)
  }
}
