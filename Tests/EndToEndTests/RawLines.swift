import Foundation
import Testing

/// What comes from a socket, message by message, as text.
final class RawLines {
  private let descriptor: Int32
  private let separator: UInt8
  private var rest: [UInt8] = []
  private(set) var messages: [String] = []

  init(path: String, separator: UInt8) throws {
    self.separator = separator
    descriptor = try #require(LocalConnection.open(path), "nobody listens at \(path)")
  }

  deinit { close(descriptor) }

  func send(_ text: String) throws {
    let bytes = Array(text.utf8)
    // SAFETY: the call reads as many bytes as the array has.
    let count = unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    try #require(count == bytes.count)
  }

  /// Takes what has come; never waits.
  func read() throws {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      // SAFETY: at most the buffer's bytes are written.
      let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      guard count > 0 else { break }
      rest += buffer[..<count]
    }
    while let end = rest.firstIndex(of: separator) {
      messages.append(String(decoding: rest[..<end], as: UTF8.self))
      rest.removeFirst(end + 1)
    }
  }
}
