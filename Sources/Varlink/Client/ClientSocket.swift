import Glibc
import LocalSockets

/// The client's end of a connection: sends and receives whole messages, for a bounded time.
struct ClientSocket: ~Copyable {
  /// How long a server may let a client wait that connects or sends a call.
  private static let sendTimeout = Duration.seconds(30)

  let path: String
  private let interruption: CInt?
  private let descriptor: CInt
  private var received: [UInt8] = []
  /// How many of the received bytes belong to messages that were taken.
  private var takenCount = 0

  init(connectingTo path: String, interruption: CInt?) throws(VarlinkClientError) {
    (self.path, self.interruption) = (path, interruption)
    let opened: Result<CInt, LocalSocketError> = Result {
      () throws(LocalSocketError) in try ClientSocket.open(path)
    }
    switch opened {
    case .success(let descriptor): self.descriptor = descriptor
    case .failure(.system(_, _, let code, _)): throw .cannotConnect(path: path, errno: code)
    case .failure: throw .cannotConnect(path: path, errno: ENAMETOOLONG)
    }
  }

  deinit { close(descriptor) }

  /// Sends a message whole.
  mutating func send(_ message: [UInt8]) throws(VarlinkClientError) {
    let deadline = ContinuousClock.now + ClientSocket.sendTimeout
    var sentCount = 0
    while sentCount < message.count {
      // SAFETY: the call reads the rest of the array, which lives until it returns.
      let count = unsafe message.withUnsafeBytes { bytes in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[sentCount...])
        return unsafe Glibc.send(
          descriptor,
          rest.baseAddress,
          rest.count,
          CInt(MSG_NOSIGNAL)
        )
      }
      if count >= 0 {
        sentCount += count
      } else if errno == EAGAIN {
        try wait(for: POLLOUT, until: deadline, timeout: ClientSocket.sendTimeout)
      } else if errno != EINTR {
        throw .connectionLost(path: path)
      }
    }
  }

  /// Waits for the next message; nil waits for ever.
  mutating func receive(timeout: Duration?) throws(VarlinkClientError) -> [UInt8] {
    let deadline = timeout.map { ContinuousClock.now + $0 }
    var searchedCount = takenCount
    while true {
      if let end = received[searchedCount...].firstIndex(of: 0) {
        let message = Array(received[takenCount..<end])
        takenCount = end + 1
        return message
      }
      received.removeFirst(takenCount)
      takenCount = 0
      searchedCount = received.count
      guard received.count <= VarlinkClient.replyBytesMax else {
        throw .replyTooLong(path: path, byteCountMax: VarlinkClient.replyBytesMax)
      }
      try wait(for: POLLIN, until: deadline, timeout: timeout)
      try readAvailable()
    }
  }

  private mutating func readAvailable() throws(VarlinkClientError) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    // SAFETY: the call writes into the array, at most as many bytes as it has.
    let count = unsafe buffer.withUnsafeMutableBytes { bytes in
      unsafe read(descriptor, bytes.baseAddress, bytes.count)
    }
    if count < 0, errno == EINTR || errno == EAGAIN { return }
    guard count > 0 else { throw .connectionLost(path: path) }
    received.append(contentsOf: buffer[..<count])
  }

  private func wait(
    for event: CInt,
    until deadline: ContinuousClock.Instant?,
    timeout: Duration?
  ) throws(VarlinkClientError) {
    while true {
      var descriptors = [
        pollfd(fd: descriptor, events: Int16(event), revents: 0),
        pollfd(fd: interruption ?? -1, events: Int16(POLLIN), revents: 0),
      ]
      var milliseconds: CInt = -1
      if let deadline, let timeout {
        let left = (deadline - ContinuousClock.now) / .milliseconds(1)
        guard left > 0 else { throw .timedOut(path: path, after: timeout) }
        milliseconds = CInt(min(left.rounded(.up), 3_600_000))
      }
      // SAFETY: the call reads and writes the array's two elements.
      let count = unsafe poll(&descriptors, 2, milliseconds)
      if count > 0, descriptors[1].revents != 0 { throw .interrupted }
      if count > 0 { return }
    }
  }

  private static func open(_ path: String) throws(LocalSocketError) -> CInt {
    let address = try UnixSocketAddress(path: path)
    let descriptor = try address.makeSocket()
    // A server with a full queue of connections is waited for, which only a socket that blocks does.
    var timeout = timeval(tv_sec: Int(sendTimeout.components.seconds), tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    // SAFETY: the call reads one timeval.
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, size)
    _ = fcntl(descriptor, F_SETFL, 0)
    var isConnected = address.connect(descriptor)
    while !isConnected, errno == EINTR { isConnected = address.connect(descriptor) }
    guard isConnected else {
      let code = errno
      close(descriptor)
      throw .system("connect", path, code)
    }
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    return descriptor
  }
}
