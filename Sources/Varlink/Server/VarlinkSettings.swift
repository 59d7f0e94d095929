import Spectra

/// How a Varlink server behaves; the defaults are those of the daemon.
package struct VarlinkSettings: Sendable {
  /// The program, told by `GetInfo`.
  package var product: String
  /// The program's version.
  package var version: String
  /// Who made it.
  package var vendor = "spectrad"
  /// Where to read more.
  package var url: String
  /// The interfaces, besides `org.varlink.service`.
  package var interfaces: [VarlinkInterface] = [.spectrad]
  /// What a client may send.
  package var limits = VarlinkLimits()
  /// Clients served at the same time; the next one's call is refused.
  package var clientsMax = Limits.clients
  /// Refused peers that may be connected at the same time, so that they hear why.
  package var refusedMax = 16
  /// A refused peer is disconnected after this time, whether it has called or not.
  package var refusedTimeout = Duration.seconds(10)
  /// A client that takes nothing of a reply for this long is disconnected.
  package var stuckClientTimeout = Duration.seconds(60)
  /// How long a shutdown waits for answers that are under way.
  package var shutdownTimeout = Duration.seconds(2)

  /// Makes the daemon's settings.
  package init(product: String, version: String, url: String) {
    (self.product, self.version, self.url) = (product, version, url)
  }
}

/// What a Varlink server has counted since its start.
package struct VarlinkCounters: Equatable, Sendable {
  /// Clients connected now, refused peers not counted.
  package var clientsConnected = 0
  /// Clients accepted since the start.
  package var clientsAccepted: UInt64 = 0
  /// Peers refused, because there were too many clients or they lack a permission.
  package var clientsRefused: UInt64 = 0
  /// Clients disconnected because they took nothing for too long.
  package var clientsStuck: UInt64 = 0
  /// Clients disconnected because what they sent is no call.
  package var clientsMalformed: UInt64 = 0
  /// Calls read, whatever the answer.
  package var calls: UInt64 = 0
  /// Answers that ended a connection by an error that is no `VarlinkFailure`.
  package var answersFailed: UInt64 = 0
}
