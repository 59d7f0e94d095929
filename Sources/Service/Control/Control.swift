import LocalSockets
import Publishing
import Varlink

/// What the Varlink socket offers: each call goes to its method, if the peer may.
struct Control: VarlinkService {
  let daemon: RunningDaemon

  func refusal(of peer: PeerCredentials) -> (any VarlinkFailure)? {
    daemon.permissions.refusal(of: .read, to: peer)
  }

  func answer(_ call: VarlinkCall, to replies: VarlinkReplies) async throws {
    guard let method = ControlMethod.all[call.method] else {
      throw VarlinkServiceError.methodNotImplemented(method: call.method)
    }
    // Asked again: a reload may have changed who may do what.
    if let refusal = daemon.permissions.refusal(of: method.permission, to: call.peer) {
      throw refusal
    }
    try await method.answer(self, call, replies)
  }
}

/// The Varlink socket of a running daemon.
enum ControlSocket {
  /// Begins to listen where the configuration says, or on the socket that systemd handed down; nil
  /// when neither is there.
  static func open(
    of daemon: RunningDaemon,
    inherited descriptor: CInt?
  ) async throws(LocalSocketError) -> VarlinkServer? {
    let configuration = daemon.configuration
    let path = configuration.controlSocketPath
    let place: ListeningPlace
    if let descriptor {
      place = .inherited(descriptor: descriptor, path: path ?? "")
    } else if let path {
      place = .path(path, mode: configuration.controlSocketMode)
    } else {
      return nil
    }
    let server = VarlinkServer(
      eventLoop: daemon.server.eventLoop,
      settings: VarlinkSettings(
        product: "spectrad",
        version: ProgramVersion.text,
        url: "man:spectrad(8)"
      ),
      service: Control(daemon: daemon)
    )
    do throws(LocalSocketError) {
      try await server.start(on: place)
    } catch {
      await server.shutdown()
      throw error
    }
    daemon.serves(control: server)
    return server
  }
}
