import Glibc

/// Why a Unix socket cannot be listened on or connected to.
package enum LocalSocketError: Error, Equatable, CustomStringConvertible {
  /// The path does not fit into a Unix socket's address.
  case pathTooLong(path: String, byteCount: Int, byteCountMax: Int)
  /// The folder of the socket is missing.
  case folderMissing(folder: String, path: String)
  /// Something that is not a socket stands at the path.
  case notASocket(path: String)
  /// Another program answers at the path.
  case inUse(path: String)
  /// The descriptor that was handed down is no Unix stream socket that listens.
  case notListening(descriptor: CInt)
  /// The bound socket did not begin to accept clients.
  case listening(path: String, reason: String)
  /// The system refused a call.
  case system(call: String, path: String, errno: CInt, reason: String)

  /// What was found, what was expected, where.
  package var description: String {
    switch self {
    case .pathTooLong(let path, let byteCount, let byteCountMax):
      "\(path): \(byteCount) bytes, a Unix socket's path has at most \(byteCountMax)"
    case .folderMissing(let folder, let path):
      "\(path): the folder \(folder) does not exist"
    case .notASocket(let path):
      "\(path): something that is not a socket is there; it was left alone"
    case .inUse(let path):
      "\(path): another program answers there"
    case .notListening(let descriptor):
      "descriptor \(descriptor): a Unix stream socket that listens was to be handed down"
    case .listening(let path, let reason):
      "\(path): cannot accept clients: \(reason)"
    case .system(let call, let path, let code, let reason):
      "\(path): \(call) failed: \(reason) (errno \(code))"
    }
  }

  /// What `call` on `path` failed with; `code` is its errno.
  package static func system(
    _ call: String,
    _ path: String,
    _ code: CInt
  ) -> LocalSocketError {
    // SAFETY: strerror gives a NUL-terminated text that is copied at once.
    let reason = unsafe String(cString: strerror(code))
    return .system(call: call, path: path, errno: code, reason: reason)
  }
}
