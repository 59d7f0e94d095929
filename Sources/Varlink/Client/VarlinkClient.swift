import FoundationEssentials

/// A connection to a Varlink server for programs that wait for their answers.
///
/// One call at a time. After an error other than `refused` and `notTaken` the connection is of no
/// further use.
package struct VarlinkClient: ~Copyable {
  /// Bytes of one reply at most.
  package static let replyBytesMax = 64 << 20

  private var socket: ClientSocket
  /// Whether replies of the last call are still to come.
  private var hasMore = false
  /// The last message as it came, for programs that pass on what they do not know themselves.
  package private(set) var lastMessage: [UInt8] = []

  /// Connects to the socket at `path`.
  ///
  /// `interruption` is a descriptor, such as the reading end of a pipe that a signal is written to:
  /// when it becomes readable, waiting ends with `interrupted`.
  package init(
    path: String,
    interruption: CInt? = nil
  ) throws(VarlinkClientError) {
    socket = try ClientSocket(connectingTo: path, interruption: interruption)
  }

  /// Calls a method that replies once; nil waits for ever.
  package mutating func call<Method: VarlinkMethod>(
    _ method: Method.Type,
    _ parameters: Method.Parameters,
    timeout: Duration? = .seconds(30)
  ) throws(VarlinkClientError) -> Method.Reply {
    try send(method, parameters, more: false)
    return try receive(method, timeout: timeout)
  }

  /// Calls a method that may reply more than once; `nextReply` reads the replies.
  package mutating func begin<Method: VarlinkMethod>(
    _ method: Method.Type,
    _ parameters: Method.Parameters
  ) throws(VarlinkClientError) {
    try send(method, parameters, more: true)
    hasMore = true
  }

  /// Waits for the next reply to the method that was begun; nil after the last one.
  ///
  /// The server may stay silent for `timeout`; nil waits for ever.
  package mutating func nextReply<Method: VarlinkMethod>(
    to method: Method.Type,
    timeout: Duration?
  ) throws(VarlinkClientError) -> Method.Reply? {
    hasMore ? try receive(method, timeout: timeout) : nil
  }

  private mutating func send<Method: VarlinkMethod>(
    _: Method.Type,
    _ parameters: Method.Parameters,
    more: Bool
  ) throws(VarlinkClientError) {
    precondition(!hasMore, "the replies to the last call are read first")
    let json: [UInt8]
    do {
      json = try VarlinkMessage.encode(parameters)
    } catch {
      preconditionFailure("parameters are written as JSON: \(error)")
    }
    try socket.send(VarlinkMessage.call(Method.name, json, more: more))
  }

  private mutating func receive<Method: VarlinkMethod>(
    _ method: Method.Type,
    timeout: Duration?
  ) throws(VarlinkClientError) -> Method.Reply {
    let message = try socket.receive(timeout: timeout)
    lastMessage = message
    do {
      let head = try JSONDecoder().decode(ReplyHead.self, from: Data(message))
      hasMore = head.continues ?? false
      if let name = head.error { throw VarlinkClient.failure(name, message) }
      let body = try JSONDecoder().decode(Body<Method.Reply>.self, from: Data(message))
      if let reply = body.parameters { return reply }
      return try JSONDecoder().decode(Method.Reply.self, from: Data("{}".utf8))
    } catch let error as VarlinkClientError {
      throw error
    } catch {
      throw .malformedReply(path: socket.path, reason: String(describing: error))
    }
  }

  private static func failure(_ name: String, _ reply: [UInt8]) -> VarlinkClientError {
    if let failure = SpectradFailure(name: name, reply: reply) { return .refused(failure) }
    if let error = VarlinkServiceError(name: name, reply: reply) { return .notTaken(error) }
    return .unknownFailure(name: name, reply: String(decoding: reply, as: UTF8.self))
  }
}

/// The members of a reply that say how it is meant.
private struct ReplyHead: Decodable {
  var error: String?
  var continues: Bool?
}
