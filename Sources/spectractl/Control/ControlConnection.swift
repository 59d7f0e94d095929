import FoundationEssentials
import Glibc
import Varlink

/// One answer of the daemon: decoded, and as it was sent.
struct ControlAnswer<Method: VarlinkMethod> {
  /// What it says.
  let reply: Method.Reply
  /// The object of its parameters as it came.
  let text: JSONText
}

/// A connection to the daemon's control socket.
final class ControlConnection {
  private let path: String
  private let descriptor: CInt
  private var received: [UInt8] = []

  init(path: String) throws(ControlError) {
    self.path = path
    descriptor = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw .cannotConnect(path: path, errorNumber: errno) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
      for (index, byte) in path.utf8.prefix(PredictionConnection.pathBytesMax).enumerated() {
        unsafe target[index] = byte
      }
    }
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw .cannotConnect(path: path, errorNumber: errno) }
  }

  deinit { close(descriptor) }

  /// Calls a method that answers once.
  func call<Method: VarlinkMethod>(
    _ method: Method.Type,
    _ parameters: Method.Parameters,
    patience: Patience = .quick
  ) throws(ControlError) -> ControlAnswer<Method> {
    try send(method, parameters, more: false)
    return try receive(method, patience).answer
  }

  /// Calls a method that answers several times, and shows every answer as it comes, until `show`
  /// says that it has seen enough.
  func readAll<Method: VarlinkMethod>(
    _ method: Method.Type,
    _ parameters: Method.Parameters,
    patience: Patience = .quick,
    _ show: (ControlAnswer<Method>) throws -> Bool
  ) throws {
    try send(method, parameters, more: true)
    var continues = true
    while continues {
      let next = try receive(method, patience)
      if try show(next.answer) { return }
      continues = next.continues
    }
  }

  private struct Call<Parameters: Encodable>: Encodable {
    var method: String
    var parameters: Parameters
    var more: Bool?
  }
  private struct Envelope: Decodable {
    var continues: Bool?
    var error: String?
  }
  private struct Message<Parameters: Decodable>: Decodable { var parameters: Parameters }

  private func send<Method: VarlinkMethod>(
    _ method: Method.Type,
    _ parameters: Method.Parameters,
    more: Bool
  ) throws(ControlError) {
    guard
      let data = try? JSONEncoder().encode(
        Call(method: Method.name, parameters: parameters, more: more ? true : nil)
      )
    else { return }
    let bytes = Array(data) + [0]
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes[sent...].withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw .closed(path: path) }
      sent += count
    }
  }

  private func receive<Method: VarlinkMethod>(
    _ method: Method.Type,
    _ patience: Patience
  ) throws(ControlError) -> (answer: ControlAnswer<Method>, continues: Bool) {
    let bytes = try message(patience)
    guard let envelope = try? JSONDecoder().decode(Envelope.self, from: Data(bytes)) else {
      throw .malformed(path: path, problem: "no JSON object")
    }
    let text = JSONText(bytes)["parameters"] ?? JSONText(Array("{}".utf8))
    if let error = envelope.error {
      if let failure = SpectradFailure(name: error, parameters: text.bytes) {
        throw .refused(failure)
      }
      throw .refusedCall(method: Method.name, error: error)
    }
    guard let reply = try? JSONDecoder().decode(Method.Reply.self, from: Data(text.bytes)) else {
      throw .malformed(path: path, problem: "members are missing in its answer to \(Method.name)")
    }
    return (ControlAnswer(reply: reply, text: text), envelope.continues ?? false)
  }

  private func message(_ patience: Patience) throws(ControlError) -> [UInt8] {
    let deadline = ContinuousClock.now + .seconds(patience.seconds)
    while true {
      if let end = received.firstIndex(of: 0) {
        let message = Array(received[..<end])
        received.removeFirst(end + 1)
        return message
      }
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let left = (deadline - ContinuousClock.now) / .milliseconds(1)
      guard left > 0, unsafe poll(&entry, 1, CInt(left)) > 0 else {
        throw .silent(path: path, seconds: patience.seconds)
      }
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      let count = unsafe read(descriptor, &buffer, buffer.count)
      guard count > 0 else { throw .closed(path: path) }
      received += buffer[..<count]
    }
  }
}
