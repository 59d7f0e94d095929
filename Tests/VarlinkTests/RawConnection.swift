import Glibc
import LocalSockets

/// A client that sends bytes as they are and reads messages; each wait is bounded.
final class RawConnection {
  struct Timeout: Error {}
  struct Failed: Error {
    var call: String
    var errno: CInt
  }

  private static let timeoutMilliseconds: CInt = 60_000

  let descriptor: CInt
  private var received: [UInt8] = []

  init(path: String) throws {
    let address = try UnixSocketAddress(path: path)
    descriptor = try address.makeSocket()
    guard address.connect(descriptor) else { throw Failed(call: "connect", errno: errno) }
  }

  deinit { Glibc.close(descriptor) }

  /// Sends a text, and the NUL that ends a message.
  func send(_ text: String) throws { try send(bytes: Array(text.utf8) + [0]) }

  func send(bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      // SAFETY: the call reads the rest of the array, which lives until it returns.
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
      }
      if count < 0, errno == EAGAIN {
        try wait(POLLOUT)
      } else if count < 0 {
        throw Failed(call: "send", errno: errno)
      } else {
        rest = rest.dropFirst(count)
      }
    }
  }

  /// Sends bytes if the socket takes all of them without waiting for long; false when it does not.
  func sendAtOnce(_ bytes: [UInt8]) throws -> Bool {
    var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    // SAFETY: the call reads and writes one element.
    guard unsafe poll(&polled, 1, 300) > 0 else { return false }
    try send(bytes: bytes)
    return true
  }

  /// The next message without its NUL; nil when the server closed the connection.
  func message() throws -> String? {
    while true {
      if let end = received.firstIndex(of: 0) {
        let message = String(decoding: received[..<end], as: UTF8.self)
        received.removeFirst(end + 1)
        return message
      }
      guard try receive() else { return nil }
    }
  }

  /// Sends a call and reads its first reply.
  func call(_ text: String) throws -> String? {
    try send(text)
    return try message()
  }

  /// All messages until the server closes the connection.
  func messagesToEnd() throws -> [String] {
    var messages: [String] = []
    while let message = try message() { messages.append(message) }
    return messages
  }

  /// Says that nothing further will be sent.
  func endInput() { shutdown(descriptor, CInt(SHUT_WR)) }

  /// Reads at most `count` bytes and throws them away.
  func skip(_ count: Int) throws {
    while received.count < count, try receive() {}
    received.removeFirst(min(count, received.count))
  }

  private func receive() throws -> Bool {
    try wait(POLLIN)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    // SAFETY: the call writes into the array, at most as many bytes as it has.
    let count = unsafe buffer.withUnsafeMutableBytes {
      unsafe read(descriptor, $0.baseAddress, $0.count)
    }
    if count < 0, errno == ECONNRESET { return false }
    guard count >= 0 else { throw Failed(call: "read", errno: errno) }
    received.append(contentsOf: buffer[..<count])
    return count > 0
  }

  private func wait(_ event: CInt) throws {
    var polled = pollfd(fd: descriptor, events: Int16(event), revents: 0)
    // SAFETY: the call reads and writes one element.
    let count = unsafe poll(&polled, 1, RawConnection.timeoutMilliseconds)
    guard count > 0 else { throw Timeout() }
  }
}
