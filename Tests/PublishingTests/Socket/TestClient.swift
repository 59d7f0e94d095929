import Glibc

/// A plain blocking client of a Unix socket; every read is bounded in time.
final class TestClient: Sendable {
  struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ call: String) {
      // SAFETY: strerror gives a NUL-terminated text that is copied at once.
      description = unsafe "\(call): " + String(cString: strerror(errno))
    }
  }

  let descriptor: CInt

  init(_ path: String, receiveBytes: CInt? = nil) throws {
    descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure("socket") }
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    // SAFETY: the option's value lives during the calls.
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    // SAFETY: the address lives during the call.
    let isConnected = unsafe withUnixAddress(path) { unsafe connect(descriptor, $0, $1) == 0 }
    guard isConnected else { throw Failure("connect") }
  }

  deinit { close(descriptor) }

  /// Reads one line without its newline, or nil at the end of the stream.
  func line() throws -> String? {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while true {
      // SAFETY: one byte is written to `byte`.
      let count = unsafe read(descriptor, &byte, 1)
      guard count >= 0 else { throw Failure("read") }
      if count == 0 { return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self) }
      if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
  }

  /// Reads so many lines, fewer at the end of the stream.
  func lines(_ count: Int) throws -> [String] {
    var lines: [String] = []
    while lines.count < count, let line = try line() { lines.append(line) }
    return lines
  }

  /// Sends bytes that mean nothing; false when the daemon has gone.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    // SAFETY: as many bytes are read as the array has.
    unsafe Glibc.send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count
  }

  /// How many bytes the kernel keeps for this client.
  func waitingBytes() throws -> Int {
    var count: CInt = 0
    // SAFETY: FIONREAD writes one `int`.
    guard unsafe ioctl(descriptor, UInt(FIONREAD), &count) == 0 else { throw Failure("ioctl") }
    return Int(count)
  }

  func stopSending() { shutdown(descriptor, CInt(SHUT_WR)) }

  func hangUp() { shutdown(descriptor, CInt(SHUT_RDWR)) }
}

/// A Unix socket that listens without ever accepting, as another program's would.
final class ForeignSocket {
  private let descriptor: CInt

  init(_ path: String, listens: Bool) throws {
    descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
    // SAFETY: the address lives during the call.
    guard unsafe withUnixAddress(path, { unsafe bind(descriptor, $0, $1) == 0 }) else {
      throw TestClient.Failure("bind")
    }
    if listens { listen(descriptor, 4) }
  }

  /// Another descriptor of the same socket, as a child process would inherit.
  func duplicate() -> CInt { dup(descriptor) }

  deinit { close(descriptor) }
}

private func withUnixAddress(
  _ path: String,
  _ use: (UnsafePointer<sockaddr>, socklen_t) -> Bool
) -> Bool {
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  precondition(path.utf8.count < MemoryLayout.size(ofValue: address.sun_path), "path too long")
  // SAFETY: the path fits, and every socket address begins as `sockaddr` does.
  unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
  return unsafe withUnsafePointer(to: &address) { address in
    unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      unsafe use($0, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
  }
}

/// A folder of its own for one test's socket, removed with the object.
final class SocketFolder: Sendable {
  let path: String
  var socket: String { path + "/p.sock" }
  var lock: String { socket + ".lock" }

  init() throws {
    var template = Array("/tmp/spectrad-test-XXXXXX".utf8CString)
    // SAFETY: the template is NUL-terminated and written in place.
    guard unsafe mkdtemp(&template) != nil else { throw TestClient.Failure("mkdtemp") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    // SAFETY: the paths are NUL-terminated for the calls.
    _ = unsafe unlink(socket)
    _ = unsafe unlink(lock)
    _ = unsafe rmdir(path)
  }
}
