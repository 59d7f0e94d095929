import Glibc

/// What the file system has under a name.
package enum FileKind: Equatable, Sendable, CustomStringConvertible {
  /// Bytes on a disk.
  case regularFile
  /// A folder.
  case folder
  /// Another name for something, which is not followed.
  case symbolicLink
  /// A Unix socket.
  case socket
  /// A named pipe, a device or what else there is.
  case other

  /// Looks at what `path` names; nil when nothing is there or it may not be looked at.
  package init?(at path: String) {
    var status = stat()
    // SAFETY: the system reads the path and fills `status` during the call only.
    guard unsafe lstat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .regularFile
    case S_IFDIR: self = .folder
    case S_IFLNK: self = .symbolicLink
    case S_IFSOCK: self = .socket
    default: self = .other
    }
  }

  package var description: String {
    switch self {
    case .regularFile: "a regular file"
    case .folder: "a folder"
    case .symbolicLink: "a symbolic link"
    case .socket: "a socket"
    case .other: "a device or pipe"
    }
  }
}
