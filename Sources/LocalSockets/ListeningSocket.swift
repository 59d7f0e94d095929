import Glibc

/// Where a server is to listen.
package enum ListeningPlace: Equatable, Sendable {
  /// A path to bind, with the file's permission bits; its folder must exist.
  case path(String, mode: UInt32)
  /// A listening socket that a socket unit hands down; who made it owns the file at `path`.
  case inherited(descriptor: CInt, path: String)

  /// The socket's path, as messages name it.
  package var path: String {
    switch self {
    case .path(let path, _), .inherited(_, let path): path
    }
  }
}

/// The socket that clients connect to: one of our own with its file, or one that was handed down.
package enum ListeningSocket: ~Copyable, Sendable {
  /// Bound here.
  case own(UnixSocketFile)
  /// The file, its bits and its lock are the business of whoever made the socket.
  case inherited(CInt)

  /// Binds the path, or looks at what was handed down.
  package static func open(
    _ place: ListeningPlace
  ) throws(LocalSocketError) -> ListeningSocket {
    switch place {
    case .path(let path, let mode):
      return .own(try UnixSocketFile(bindingTo: path, mode: mode))
    case .inherited(let descriptor, _):
      try check(descriptor)
      return .inherited(descriptor)
    }
  }

  /// The socket; whoever makes a channel of it closes it.
  package var descriptor: CInt {
    switch self {
    case .own(let file): file.descriptor
    case .inherited(let descriptor): descriptor
    }
  }

  /// Lets go of the path; an inherited one stays.
  package consuming func remove() {}

  /// Makes sure that the descriptor is what a socket unit hands down for this socket.
  private static func check(_ descriptor: CInt) throws(LocalSocketError) {
    let expected: [(option: CInt, value: CInt)] = [
      (SO_DOMAIN, AF_UNIX), (SO_TYPE, CInt(SOCK_STREAM.rawValue)), (SO_ACCEPTCONN, 1),
    ]
    for (option, value) in expected where self.option(option, of: descriptor) != value {
      throw .notListening(descriptor: descriptor)
    }
    guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
      throw .system("fcntl", "descriptor \(descriptor)", errno)
    }
  }

  private static func option(_ option: CInt, of descriptor: CInt) -> CInt? {
    var value: CInt = 0
    var size = socklen_t(MemoryLayout<CInt>.size)
    // SAFETY: the option's value and its size live during the call.
    return unsafe getsockopt(descriptor, SOL_SOCKET, option, &value, &size) == 0 ? value : nil
  }
}
