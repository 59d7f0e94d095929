import Glibc
import NIOCore

/// Where the server listens.
package enum ListenAddress: Equatable, Sendable, CustomStringConvertible {
  /// A TCP address; port 0 lets the system choose.
  case tcp(host: String, port: Int)
  /// A Unix stream socket; an old socket at the path is replaced.
  case unix(path: String)

  /// How long the path of a Unix socket may be: what fits on every system that SwiftNIO runs on.
  package static let unixPathByteLimit = 103

  package var description: String {
    switch self {
    case .tcp(let host, let port): "tcp://\(host):\(port)"
    case .unix(let path): "unix://\(path)"
    }
  }

  /// The same address with the port that the system chose for its listener.
  func withPort(of listener: any Channel) -> ListenAddress {
    guard case .tcp(let host, _) = self, let port = listener.localAddress?.port else { return self }
    return .tcp(host: host, port: port)
  }
}

/// Why the server cannot listen on an address.
package enum ListenError: Error, Equatable, Sendable {
  /// The socket's name belongs to something that a socket must not replace.
  case occupied(path: String, by: FileKind)
  /// The system refuses; `reason` is its own word.
  case refused(ListenAddress, reason: String)

  /// Takes the system's word from an error of SwiftNIO.
  init(_ address: ListenAddress, _ error: any Error) {
    let reason =
      switch error {
      case let error as IOError:
        // SAFETY: the C library's message is NUL-terminated and copied at once.
        unsafe strerror(error.errnoCode).map { unsafe String(cString: $0) }
          ?? "error \(error.errnoCode)"
      case let error as SocketAddressError.UnknownHost: error.errorDescription
      default: String(describing: error)
      }
    self = .refused(address, reason: reason)
  }
}

extension ListenError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .occupied(let path, let kind):
      "\(path): found \(kind); expected a socket to replace, or nothing"
    case .refused(let address, let reason): "\(address): cannot listen: \(reason)"
    }
  }
}
