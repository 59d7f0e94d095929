import Glibc

/// A bound Unix socket and the file that names it; the file goes with the value.
///
/// NIO could bind a path too, but it neither sets permission bits without a moment in which anybody
/// may connect, nor tells a stale file from the socket of a program that runs.
package struct UnixSocketFile: ~Copyable, Sendable {
  /// The bound socket; whoever makes a channel of it closes it.
  package let descriptor: CInt
  private let path: String
  private let device: dev_t
  private let inode: ino_t
  /// Given up after the file: `deinit` ends before the members do.
  private let lock: SocketLock

  /// Binds `path`, replacing the file of a program that no longer runs.
  package init(bindingTo path: String, mode: UInt32) throws(LocalSocketError) {
    let address = try UnixSocketAddress(path: path)
    try UnixSocketFile.checkFolder(of: path)
    let lock = try SocketLock(ofSocketAt: path)
    try UnixSocketFile.removeStaleFile(address)
    let descriptor = try address.makeSocket()
    do throws(LocalSocketError) {
      // The file gets the socket's own bits, less the process's umask, in the moment it appears;
      // chmod then adds what the umask took.
      guard fchmod(descriptor, mode) == 0 else { throw .system("fchmod", path, errno) }
      guard address.bind(descriptor) else { throw .system("bind", path, errno) }
      let status = try UnixSocketFile.finishFile(path, mode: mode)
      (device, inode) = (status.st_dev, status.st_ino)
    } catch {
      close(descriptor)
      throw error
    }
    (self.descriptor, self.path) = (descriptor, path)
    self.lock = lock
  }

  /// Removes the file, unless another program's has taken its place, and lets go of the path.
  package consuming func remove() {}

  deinit {
    guard let status = UnixSocketFile.status(path) else { return }
    guard status.st_dev == device, status.st_ino == inode else { return }
    // SAFETY: the path is NUL-terminated for the call.
    _ = unsafe unlink(path)
  }

  /// Gives the file just bound all its permission bits, or takes it away again.
  private static func finishFile(_ path: String, mode: UInt32) throws(LocalSocketError) -> stat {
    do throws(LocalSocketError) {
      // SAFETY: the path is NUL-terminated for the call.
      guard unsafe chmod(path, mode) == 0 else { throw .system("chmod", path, errno) }
      guard let status = status(path) else { throw .system("lstat", path, errno) }
      return status
    } catch {
      // SAFETY: the path is NUL-terminated for the call.
      _ = unsafe unlink(path)
      throw error
    }
  }

  private static func checkFolder(of path: String) throws(LocalSocketError) {
    let end = path.lastIndex(of: "/")
    let folder = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    var status = stat()
    // SAFETY: the path is NUL-terminated for the call, which writes `status` only.
    guard unsafe stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw .folderMissing(folder: folder, path: path)
    }
  }

  private static func removeStaleFile(_ address: UnixSocketAddress) throws(LocalSocketError) {
    let path = address.path
    guard let status = status(path) else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
    let probe = try address.makeSocket()
    defer { close(probe) }
    if address.connect(probe) { throw .inUse(path: path) }
    switch errno {
    case EAGAIN: throw .inUse(path: path)  // Its queue of connections is full.
    case ECONNREFUSED: break
    case ENOENT: return
    default: throw .system("connect", path, errno)
    }
    // SAFETY: the path is NUL-terminated for the call.
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw .system("unlink", path, errno) }
  }

  private static func status(_ path: String) -> stat? {
    var status = stat()
    // SAFETY: the path is NUL-terminated for the call, which writes `status` only.
    return unsafe lstat(path, &status) == 0 ? status : nil
  }
}
