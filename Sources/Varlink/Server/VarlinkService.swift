/// What a server offers: answers to the calls of its interfaces.
package protocol VarlinkService: Sendable {
  /// Why this peer is refused, or nil when it is welcome.
  ///
  /// Asked once for each connection, on the event loop: it must not wait for anything. Each call
  /// of a refused peer gets the failure, and the peer takes no client's place.
  func refusal(of peer: PeerCredentials) -> (any VarlinkFailure)?

  /// Answers a call of a method that one of the server's interfaces has.
  ///
  /// Calls of one connection come one after the other, those of several at the same time. A
  /// `VarlinkFailure` that is thrown is the answer; any other error ends the connection and is
  /// counted. Returning without a last reply replies with no members. The task is cancelled when
  /// the client has gone, unless the call is `oneway`.
  func answer(_ call: VarlinkCall, to replies: VarlinkReplies) async throws
}

/// An interface that a server offers.
package struct VarlinkInterface: Sendable {
  /// Its name, such as `io.spectrad`.
  package let name: String
  /// Its definition.
  package let description: String
  /// The names of its methods, the interface in front.
  package let methods: Set<String>

  /// Makes an interface from its definition and the methods that are offered.
  package init(name: String, description: String, methods: Set<String>) {
    (self.name, self.description, self.methods) = (name, description, methods)
  }

  /// `io.spectrad`, whole.
  package static let spectrad = VarlinkInterface(
    name: SpectradInterface.name,
    description: SpectradInterface.description,
    methods: Set(SpectradInterface.methods.map { $0.name })
  )
}
