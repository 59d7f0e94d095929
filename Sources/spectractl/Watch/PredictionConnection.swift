import Glibc
import Spectra

/// Why the prediction socket cannot be read.
enum ConnectionError: Error, CustomStringConvertible {
  case cannotConnect(path: String, errorNumber: CInt)
  case readFailed(path: String, errorNumber: CInt)
  case lineTooLong(path: String, byteCount: Int)
  case silent(path: String, seconds: Int)

  var description: String {
    switch self {
    case .cannotConnect(let path, let number):
      "\(path): cannot connect: \(systemMessage(number))\(advice(number))"
    case .readFailed(let path, let number): "\(path): cannot read: \(systemMessage(number))"
    case .lineTooLong(let path, let count):
      "\(path): a line has more than \(count) bytes, expected at most \(Limits.lineBytes)"
    case .silent(let path, let seconds):
      "\(path): not even a heartbeat for \(seconds) s, expected one every 20 s"
    }
  }

  /// Whether this user may not connect, so that waiting does not help.
  var isOfPermission: Bool {
    switch self {
    case .cannotConnect(_, let number): number == EACCES || number == EPERM
    case .readFailed, .lineTooLong, .silent: false
    }
  }

  private func advice(_ number: CInt) -> String {
    switch number {
    case ENOENT, ECONNREFUSED: "; is spectrad running?"
    case EACCES: "; is your user in the group that owns the socket?"
    default: ""
    }
  }

  private func systemMessage(_ number: CInt) -> String {
    unsafe String(cString: strerror(number))
  }
}

/// One connection to the prediction socket, read line by line.
struct PredictionConnection: ~Copyable {
  /// `sun_path` holds 108 bytes, the last of which ends the text.
  static let pathBytesMax = 107
  /// A daemon that is silent for this long is dead: two heartbeats and some patience.
  static let silenceSecondsMax = 45

  private let path: String
  private let silenceSecondsMax: Int
  private let descriptor: CInt
  private var received: [UInt8] = []
  private var parsedCount = 0

  /// Connects to the socket at `path`, which has at most `pathBytesMax` bytes.
  ///
  /// A daemon that lets itself be waited for longer than `silenceSecondsMax` counts as silent.
  init(
    path: String,
    silenceSecondsMax: Int = PredictionConnection.silenceSecondsMax
  ) throws(ConnectionError) {
    (self.path, self.silenceSecondsMax) = (path, silenceSecondsMax)
    descriptor = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw .cannotConnect(path: path, errorNumber: errno) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // SAFETY: the path is shorter than sun_path, which `init` zeroed, so it stays terminated.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
      for (index, byte) in path.utf8.prefix(PredictionConnection.pathBytesMax).enumerated() {
        unsafe target[index] = byte
      }
    }
    // SAFETY: a sockaddr_un is a sockaddr, and the size given is its own.
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw .cannotConnect(path: path, errorNumber: errno) }
    var timeout = timeval(tv_sec: silenceSecondsMax, tv_usec: 0)
    // SAFETY: the system reads one timeval during the call.
    unsafe setsockopt(
      descriptor,
      SOL_SOCKET,
      SO_RCVTIMEO,
      &timeout,
      socklen_t(MemoryLayout<timeval>.size)
    )
  }

  deinit { close(descriptor) }

  /// The next line without its newline, or nil when the daemon closed the connection.
  mutating func nextLine() throws(ConnectionError) -> [UInt8]? {
    var searched = parsedCount
    while true {
      if let end = received[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(received[parsedCount..<end])
        parsedCount = end + 1
        return line
      }
      received.removeFirst(parsedCount)
      parsedCount = 0
      searched = received.count
      guard received.count <= Limits.lineBytes else {
        throw .lineTooLong(path: path, byteCount: received.count)
      }
      guard try receive() else { return nil }
    }
  }

  private mutating func receive() throws(ConnectionError) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      // SAFETY: the pointer is used only inside the closure.
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe read(descriptor, bytes.baseAddress, bytes.count)
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN {
        throw .silent(path: path, seconds: silenceSecondsMax)
      }
      guard count >= 0 else { throw .readFailed(path: path, errorNumber: errno) }
      received.append(contentsOf: buffer[..<count])
      return count > 0
    }
  }
}
