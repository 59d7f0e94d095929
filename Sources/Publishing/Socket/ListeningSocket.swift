import Glibc

/// The socket that clients connect to: one of our own with its file, or one that was handed down.
enum ListeningSocket: ~Copyable, Sendable {
  case own(UnixSocketFile)
  /// The file, its bits and its lock are the business of whoever made the socket.
  case inherited(CInt)

  /// Takes the socket that `settings` name: bound here, or inherited.
  static func open(_ settings: PublishingSettings) throws(PublishingError) -> ListeningSocket {
    guard let descriptor = settings.inheritedDescriptor else {
      return .own(try UnixSocketFile(bindingTo: settings.socketPath, mode: settings.socketMode))
    }
    try check(descriptor)
    return .inherited(descriptor)
  }

  /// The socket; whoever makes a channel of it closes it.
  var descriptor: CInt {
    switch self {
    case .own(let file): file.descriptor
    case .inherited(let descriptor): descriptor
    }
  }

  /// Lets go of the path; an inherited one stays.
  consuming func remove() {}

  /// Makes sure that the descriptor is what a socket unit hands down for this socket.
  private static func check(_ descriptor: CInt) throws(PublishingError) {
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
