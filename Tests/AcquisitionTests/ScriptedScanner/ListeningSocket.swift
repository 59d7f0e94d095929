import Foundation
import Glibc

/// A listening socket on a fresh Unix path or a free port of the loopback interface.
struct ListeningSocket {
  enum Kind {
    case unix
    case tcp
  }

  let descriptor: Int32
  /// The address without its bus id.
  let location: String
  private let path: String?

  init(_ kind: Kind) throws {
    switch kind {
    case .unix:
      let path =
        NSTemporaryDirectory() + "acq-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
      descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      try ListeningSocket.bindUnix(descriptor, path)
      (location, self.path) = ("usbip+unix://\(path)", path)
    case .tcp:
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      location = "usbip://127.0.0.1:\(try ListeningSocket.bindLoopback(descriptor))"
      path = nil
    }
    guard listen(descriptor, 4) == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  /// Wakes whoever accepts, with an error; the descriptor itself is closed by that thread.
  func stop() {
    shutdown(descriptor, Int32(SHUT_RDWR))
    // SAFETY: a path is a C string for the call.
    if let path { unsafe unlink(path) }
  }

  private static func bindUnix(_ descriptor: Int32, _ path: String) throws {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // SAFETY: the path is shorter than the room for it; the rest of the structure is zero.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    // SAFETY: a sockaddr_un is a sockaddr of its own size; the pointer lives for the call.
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  private static func bindLoopback(_ descriptor: Int32) throws -> UInt16 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    // SAFETY: a sockaddr_in is a sockaddr of its own size; the pointers live for the calls.
    let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard result else { throw CocoaError(.fileWriteUnknown) }
    return UInt16(bigEndian: address.sin_port)
  }
}
