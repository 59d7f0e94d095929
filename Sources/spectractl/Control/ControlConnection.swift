import Varlink

/// One answer of the daemon: decoded, and as it was sent.
struct ControlAnswer<Method: VarlinkMethod> {
  /// What it says.
  let reply: Method.Reply
  /// The object of its members as it came.
  let text: JSONText
}

/// A connection to the daemon's control socket: one call at a time.
final class ControlConnection {
  private var client: VarlinkClient

  /// Connects to the socket at `path`; waiting ends when `interruption` becomes readable.
  init(path: String, interruption: CInt? = nil) throws(VarlinkClientError) {
    client = try VarlinkClient(path: path, interruption: interruption)
  }

  /// Calls a method that answers once.
  func call<Method: VarlinkMethod>(
    _ method: Method.Type,
    _ parameters: Method.Parameters,
    patience: Patience = .quick
  ) throws(VarlinkClientError) -> ControlAnswer<Method> {
    let reply = try client.call(method, parameters, timeout: patience.duration)
    return ControlAnswer(reply: reply, text: lastText)
  }

  /// Calls a method that answers several times, and shows every answer as it comes, until `show`
  /// says that it has seen enough; after that the connection is of no further use.
  func readAll<Method: VarlinkMethod>(
    _ method: Method.Type,
    _ parameters: Method.Parameters,
    patience: Patience = .quick,
    _ show: (ControlAnswer<Method>) throws -> Bool
  ) throws {
    try client.begin(method, parameters)
    while let reply = try client.nextReply(to: method, timeout: patience.duration) {
      if try show(ControlAnswer(reply: reply, text: lastText)) { return }
    }
  }

  private var lastText: JSONText {
    JSONText(client.lastMessage)["parameters"] ?? JSONText(Array("{}".utf8))
  }
}
