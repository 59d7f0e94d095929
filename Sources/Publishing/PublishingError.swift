/// Why the predictions' socket does not listen.
package enum PublishingError: Error, Equatable, CustomStringConvertible {
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
}
