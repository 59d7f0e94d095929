internal import Glibc
internal import Spectra

/// A connected stream socket that waits with a deadline and can be interrupted.
struct ByteSocket: ~Copyable {
  let descriptor: Int32
  private let stopping: EventDescriptor

  /// Takes over a connected, non-blocking socket; `stopping` interrupts every wait.
  private init(descriptor: Int32, stopping: EventDescriptor) {
    (self.descriptor, self.stopping) = (descriptor, stopping)
  }

  deinit { close(descriptor) }

  /// Sends the first `count` bytes; returns false when the deadline passed before all were sent.
  func send(
    _ bytes: borrowing FixedArray<UInt8>,
    count: Int,
    deadline: Deadline
  ) throws(AcquisitionError) -> Bool {
    var sent = 0
    while sent < count {
      let result = bytes.withSpan { span in
        // SAFETY: the kernel reads `count - sent` bytes of a span that is lent for the call.
        unsafe span.withUnsafeBufferPointer { buffer in
          unsafe Glibc.send(
            descriptor,
            buffer.baseAddress.map { unsafe $0 + sent },
            count - sent,
            Int32(MSG_NOSIGNAL)
          )
        }
      }
      if result > 0 {
        sent += result
        continue
      }
      let number = errno
      guard number == EAGAIN || number == EINTR else {
        throw .connectionLost(errorNumber: number)
      }
      guard try wait(for: Int16(POLLOUT), until: deadline) else { return false }
    }
    return true
  }

  /// Receives what has arrived, at most up to the end of `bytes`; 0 when the deadline passed.
  func receive(
    into bytes: inout FixedArray<UInt8>,
    at offset: Int,
    deadline: Deadline
  ) throws(AcquisitionError) -> Int {
    precondition(offset < bytes.count, "no room to receive into")
    while try wait(for: Int16(POLLIN), until: deadline) {
      let result = bytes.withMutableSpan { span in
        // SAFETY: the kernel writes into a span that is lent for the call, from `offset` to its end.
        unsafe span.withUnsafeMutableBufferPointer { buffer in
          unsafe recv(
            descriptor,
            buffer.baseAddress.map { unsafe $0 + offset },
            buffer.count - offset,
            0
          )
        }
      }
      if result > 0 { return result }
      let number = result == 0 ? 0 : errno
      guard number == EAGAIN || number == EINTR else {
        throw .connectionLost(errorNumber: number)
      }
    }
    return 0
  }

  private func wait(
    for events: Int16,
    until deadline: Deadline
  ) throws(AcquisitionError) -> Bool {
    try stopping.waitUnlessRaised(besides: descriptor, for: events, until: deadline)
  }
}

extension ByteSocket {
  /// Connects to a server.
  ///
  /// A host name is looked up with the resolver's own time limit; everything else ends at the
  /// deadline.
  init(
    connectingTo endpoint: USBIPAddress.Endpoint,
    deadline: Deadline,
    stopping: EventDescriptor
  ) throws(AcquisitionError) {
    switch endpoint {
    case .unix(let path):
      var address = ByteSocket.unixAddress(path)
      // SAFETY: a sockaddr_un is a sockaddr of its own size; the pointer lives for the call.
      let length = socklen_t(MemoryLayout<sockaddr_un>.size)
      let descriptor = try unsafe withUnsafePointer(to: &address) {
        pointer throws(AcquisitionError) in
        try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          general throws(AcquisitionError) in
          try unsafe ByteSocket.connect(AF_UNIX, general, length, deadline, stopping)
        }
      }
      self.init(descriptor: descriptor, stopping: stopping)
    case .tcp(let host, let port):
      let descriptor = try ByteSocket.connect(host, port, deadline, stopping)
      self.init(descriptor: descriptor, stopping: stopping)
    }
  }

  private static func unixAddress(_ path: String) -> sockaddr_un {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // SAFETY: an address's path has at most `pathBytesMax` bytes, one less than there is room for.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
      unsafe room.copyBytes(from: path.utf8.prefix(room.count - 1))
    }
    return address
  }

  /// Tries every address of `host`; the last one's error is thrown when none accepts.
  private static func connect(
    _ host: String,
    _ port: UInt16,
    _ deadline: Deadline,
    _ stopping: EventDescriptor
  ) throws(AcquisitionError) -> Int32 {
    // SAFETY: the hints are zero but for what is set; the list and its addresses live until
    // `freeaddrinfo`, and the host is a C string for the call.
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    // The resolver keeps its own time, which is long where several servers do not answer.
    stopping.pulse?.waiting(untilNanoseconds: Deadline.after(.seconds(120)).nanoseconds)
    let code = unsafe getaddrinfo(host, String(port), &hints, &list)
    stopping.pulse?.working()
    guard code == 0 else { throw .hostUnknown(code: code) }
    defer { unsafe freeaddrinfo(list) }
    var failure = AcquisitionError.hostUnknown(code: EAI_NONAME)
    var next = unsafe list
    while let candidate = unsafe next {
      let entry = unsafe candidate.pointee
      do throws(AcquisitionError) {
        let descriptor = try unsafe connect(
          entry.ai_family,
          entry.ai_addr,
          entry.ai_addrlen,
          deadline,
          stopping
        )
        setNoDelay(descriptor)
        return descriptor
      } catch .stopped {
        throw .stopped
      } catch {
        failure = error
      }
      unsafe next = entry.ai_next
    }
    throw failure
  }

  private static func setNoDelay(_ descriptor: Int32) {
    var on: Int32 = 1
    // A request and its answer alternate, so waiting for more to send would cost 40 ms each.
    // SAFETY: the option is an Int32 that lives for the call.
    _ = unsafe setsockopt(
      descriptor,
      Int32(IPPROTO_TCP),
      TCP_NODELAY,
      &on,
      socklen_t(MemoryLayout<Int32>.size)
    )
  }

  /// Makes one non-blocking connection and returns its descriptor.
  private static func connect(
    _ family: Int32,
    _ address: UnsafePointer<sockaddr>?,
    _ addressLength: socklen_t,
    _ deadline: Deadline,
    _ stopping: EventDescriptor
  ) throws(AcquisitionError) -> Int32 {
    let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    let descriptor = socket(family, Int32(kind), 0)
    guard descriptor >= 0 else { throw .connectionFailed(errorNumber: errno) }
    do throws(AcquisitionError) {
      // SAFETY: the caller lends an address of this length for the call.
      if unsafe Glibc.connect(descriptor, address, addressLength) != 0 {
        try finishConnecting(descriptor, errno, deadline, stopping)
      }
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  private static func finishConnecting(
    _ descriptor: Int32,
    _ number: Int32,
    _ deadline: Deadline,
    _ stopping: EventDescriptor
  ) throws(AcquisitionError) {
    guard number == EINPROGRESS || number == EINTR else { throw connectionError(number) }
    guard
      try stopping.waitUnlessRaised(besides: descriptor, for: Int16(POLLOUT), until: deadline)
    else { throw .timeout(command: nil) }
    var (failure, length) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
    // SAFETY: the option is an Int32 that lives for the call.
    unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length)
    guard failure == 0 else { throw connectionError(failure) }
  }

  private static func connectionError(_ number: Int32) -> AcquisitionError {
    // A Unix socket whose path does not exist is a server that is not there, too.
    number == ECONNREFUSED || number == ENOENT
      ? .connectionRefused(errorNumber: number) : .connectionFailed(errorNumber: number)
  }
}
