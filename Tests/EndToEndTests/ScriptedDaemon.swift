import Foundation
import Synchronization
import Testing
import Varlink

/// A control socket that answers as a test wants: for what a real daemon does only now and then.
///
/// Each connection has a thread of its own; `answer` says what follows upon a call.
final class ScriptedDaemon: Sendable {
  /// One call as it came.
  struct Call: Sendable {
    /// The method without its interface.
    var method: String
    /// Whether several replies may come.
    var more: Bool
    /// How many calls of this method came before it.
    var earlierCalls: Int
    fileprivate var message: [UInt8]

    /// What the call gives; nil when it is not as the interface says.
    func parameters<Method: VarlinkMethod>(of method: Method.Type) -> Method.Parameters? {
      try? JSONDecoder().decode(Envelope<Method.Parameters>.self, from: Data(message)).parameters
    }
  }

  private struct Envelope<Parameters: Decodable>: Decodable { var parameters: Parameters }

  /// What follows upon a call, in this order.
  enum Reply: Sendable {
    /// A reply of its members as JSON.
    case members(String)
    /// One after which others follow.
    case continued(String)
    /// An error of `io.spectrad`.
    case failure(SpectradFailure)
    /// The connection ends.
    case hangUp

    /// A reply by its type.
    static func reply(_ value: some Encodable, continues: Bool = false) -> Reply {
      let text = (try? JSONEncoder().encode(value)).map { String(decoding: $0, as: UTF8.self) }
      return continues ? .continued(text ?? "") : .members(text ?? "")
    }
  }

  let path: String
  private let answer: @Sendable (Call) -> [Reply]
  private let calls = Mutex<[Call]>([])
  private let listener: Int32

  /// Listens at `path` until nobody refers to it.
  init(path: String, _ answer: @escaping @Sendable (Call) -> [Reply]) throws {
    (self.path, self.answer) = (path, answer)
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // SAFETY: the path is shorter than `sun_path`, which is zero behind it.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    // SAFETY: a `sockaddr_un` is a `sockaddr` of the size given.
    let isBound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { [listener] in
        unsafe bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    try #require(isBound && listen(listener, 8) == 0)
    Thread.detachNewThread { [listener, weak self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        Thread.detachNewThread { [weak self] in
          while let message = ScriptedDaemon.message(connection),
            self?.serve(message, connection) == true
          {}
          close(connection)
        }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// The methods that were called, in order.
  var methods: [String] { calls.withLock { $0.map(\.method) } }

  /// What the calls of a method gave, in order.
  func parameters<Method: VarlinkMethod>(of method: Method.Type) -> [Method.Parameters] {
    calls.withLock { $0 }.filter { "io.spectrad." + $0.method == Method.name }
      .compactMap { $0.parameters(of: method) }
  }

  /// Answers one call; false when the connection is to end.
  private func serve(_ message: [UInt8], _ connection: Int32) -> Bool {
    struct Head: Decodable {
      var method: String
      var more: Bool?
    }
    guard let head = try? JSONDecoder().decode(Head.self, from: Data(message)) else { return false }
    let method = head.method.split(separator: ".").last.map(String.init) ?? ""
    let call = calls.withLock { calls in
      let call = Call(
        method: method,
        more: head.more ?? false,
        earlierCalls: calls.count { $0.method == method },
        message: message
      )
      calls.append(call)
      return call
    }
    for reply in answer(call) {
      let text: String
      switch reply {
      case .members(let members): text = #"{"parameters":\#(members)}"#
      case .continued(let members): text = #"{"parameters":\#(members),"continues":true}"#
      case .failure(let failure):
        let members = String(decoding: failure.parameters, as: UTF8.self)
        text = #"{"error":"\#(failure.name)","parameters":\#(members)}"#
      case .hangUp: return false
      }
      let bytes = Array(text.utf8) + [0]
      // SAFETY: at most the array's bytes are read.
      guard unsafe send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
        return false
      }
    }
    return true
  }

  private static func message(_ connection: Int32) -> [UInt8]? {
    var message: [UInt8] = []
    var byte: UInt8 = 0
    // SAFETY: at most one byte is written.
    while unsafe recv(connection, &byte, 1, 0) == 1 {
      if byte == 0 { return message }
      message.append(byte)
    }
    return nil
  }
}
