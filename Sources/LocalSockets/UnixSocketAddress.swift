import Glibc

/// The address of a Unix socket that stands at a path.
package struct UnixSocketAddress: Sendable {
  /// Bytes of a path at most: the last byte of the address ends the text.
  package static let pathBytesMax = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// The path that was given.
  package let path: String
  private var address = sockaddr_un()

  /// Makes the address of `path`, or throws `pathTooLong`.
  package init(path: String) throws(LocalSocketError) {
    self.path = path
    let byteCount = path.utf8.count
    guard byteCount > 0, byteCount <= UnixSocketAddress.pathBytesMax else {
      throw .pathTooLong(
        path: path,
        byteCount: byteCount,
        byteCountMax: UnixSocketAddress.pathBytesMax
      )
    }
    address.sun_family = sa_family_t(AF_UNIX)
    // SAFETY: the path was just found to fit; the bytes behind it stay zero.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
  }

  /// Makes a stream socket that is closed on exec and does not block.
  package func makeSocket() throws(LocalSocketError) -> CInt {
    let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    let descriptor = socket(AF_UNIX, CInt(type), 0)
    guard descriptor >= 0 else { throw .system("socket", path, errno) }
    return descriptor
  }

  /// Binds a socket to the address; false leaves the reason in `errno`.
  package func bind(_ descriptor: CInt) -> Bool {
    // SAFETY: the address is whole and lives until the call returns.
    unsafe withSockaddr { unsafe Glibc.bind(descriptor, $0, $1) == 0 }
  }

  /// Connects a socket to the address; false leaves the reason in `errno`.
  package func connect(_ descriptor: CInt) -> Bool {
    // SAFETY: the address is whole and lives until the call returns.
    unsafe withSockaddr { unsafe Glibc.connect(descriptor, $0, $1) == 0 }
  }

  private func withSockaddr(_ use: (UnsafePointer<sockaddr>, socklen_t) -> Bool) -> Bool {
    // SAFETY: every socket address begins as `sockaddr` does; the length says how much there is.
    unsafe withUnsafePointer(to: address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe use($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
