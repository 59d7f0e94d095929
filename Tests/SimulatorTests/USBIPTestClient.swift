import Glibc
import spectrasim

/// A blocking USB/IP client on a Unix socket; every read gives up after five seconds.
final class USBIPTestClient {
  enum Failure: Error {
    case system(String, CInt)
    case closed
    case refused(UInt32)
    case unexpected(String)
  }

  struct Reply: Equatable {
    var sequence: UInt32
    var status: Int32
    var payload: [UInt8]
    var isUnlink = false
  }

  private let socket: CInt
  private var sequence: UInt32 = 0
  private(set) var deviceID: UInt32 = 0

  /// Takes the place of a kernel that was given a connected socket.
  init(socket: CInt, deviceID: UInt32) {
    (self.socket, self.deviceID) = (socket, deviceID)
    limitWaits()
  }

  init(path: String) throws {
    socket = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw Failure.system("socket", errno) }
    limitWaits()
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // SAFETY: the structure outlives the calls, and the path is cut to the field.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { field in
      for (index, byte) in path.utf8.prefix(field.count - 1).enumerated() {
        unsafe field[index] = byte
      }
    }
    let status = unsafe withUnsafePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0 else { throw Failure.system("connect", errno) }
  }

  deinit { close(socket) }

  private func limitWaits() {
    var limit = timeval(tv_sec: 5, tv_usec: 0)
    // SAFETY: the structure outlives the call.
    unsafe setsockopt(
      socket,
      SOL_SOCKET,
      SO_RCVTIMEO,
      &limit,
      socklen_t(MemoryLayout<timeval>.size)
    )
  }

  /// Imports a device and remembers its id.
  func importDevice(_ busID: String) throws {
    try send(USBIPClientCodec.bytes(.importDevice(busID: busID)))
    let head = try read(8)
    guard head[7] == 0 else { throw Failure.refused(UInt32(head[7])) }
    let device = try read(312)
    deviceID =
      USBIPClientCodec.word(device, at: 288) << 16 | USBIPClientCodec.word(device, at: 292)
  }

  /// Submits a transfer and returns its sequence number.
  @discardableResult
  func submit(
    _ direction: USBIPDirection,
    endpoint: UInt32,
    byteCount: Int,
    setup: [UInt8] = [UInt8](repeating: 0, count: 8),
    payload: [UInt8] = []
  ) throws -> UInt32 {
    sequence += 1
    let submit = USBIPSubmit(
      sequence: sequence,
      deviceID: deviceID,
      direction: direction,
      endpoint: endpoint,
      transferByteCount: byteCount,
      setup: setup,
      payload: payload
    )
    try send(USBIPClientCodec.bytes(.submit(submit)))
    return sequence
  }

  func unlink(_ victim: UInt32) throws -> UInt32 {
    sequence += 1
    try send(
      USBIPClientCodec.bytes(.unlink(sequence: sequence, deviceID: deviceID, victim: victim))
    )
    return sequence
  }

  /// Reads one reply; `isInput` says whether bytes follow its header.
  func reply(isInput: Bool = true) throws -> Reply {
    let head = try read(48)
    let status = Int32(bitPattern: USBIPClientCodec.word(head, at: 20))
    var reply = Reply(
      sequence: USBIPClientCodec.word(head, at: 4),
      status: status,
      payload: [],
      isUnlink: head[3] == 4
    )
    if head[3] == 3, isInput {
      reply.payload = try read(Int(USBIPClientCodec.word(head, at: 24)))
    }
    return reply
  }

  /// One command of the scanner in one OUT transfer, and the packets of its reply.
  func command(_ hex: String) throws -> [UInt8] {
    let bytes = GoldenBytes.bytes(hex: hex)
    try submit(.out, endpoint: 1, byteCount: bytes.count, payload: bytes)
    guard try reply(isInput: false).status == 0 else { throw Failure.unexpected("OUT failed") }
    try submit(.in, endpoint: 1, byteCount: 64)
    var message = try reply().payload
    let expected = 4 + Int(message[2]) + Int(message[3]) << 8
    while message.count < expected {
      try submit(.in, endpoint: 1, byteCount: 64)
      message += try reply().payload
    }
    return Array(message[..<expected])
  }

  /// A control transfer to the host.
  func control(_ setup: [UInt8], byteCount: Int) throws -> Reply {
    try submit(.in, endpoint: 0, byteCount: byteCount, setup: setup)
    return try reply()
  }

  func send(_ bytes: [UInt8]) throws {
    // SAFETY: the pointer is used only inside the call.
    let count = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
    }
    guard count == bytes.count else { throw Failure.system("send", errno) }
  }

  func read(_ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      var piece = [UInt8](repeating: 0, count: count - bytes.count)
      // SAFETY: the pointer is used only inside the call.
      let received = unsafe piece.withUnsafeMutableBytes {
        unsafe recv(socket, $0.baseAddress, $0.count, 0)
      }
      guard received >= 0 else { throw Failure.system("recv", errno) }
      guard received > 0 else { throw Failure.closed }
      bytes += piece[..<received]
    }
    return bytes
  }

  /// Whether the server has closed the connection (after what it still sent).
  func isClosedByServer() -> Bool {
    var byte: UInt8 = 0
    while true {
      // SAFETY: one byte is received into one byte.
      let received = unsafe recv(socket, &byte, 1, 0)
      if received > 0 { continue }
      return received == 0 || errno == ECONNRESET
    }
  }
}
