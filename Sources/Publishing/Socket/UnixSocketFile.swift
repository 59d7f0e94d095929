import Glibc

/// A bound Unix socket and the file that names it; the file goes with the value.
///
/// NIO could bind a path too, but it neither sets permission bits without a moment in which anybody
/// may connect, nor tells a stale file from the socket of a program that runs.
struct UnixSocketFile: ~Copyable, Sendable {
  /// The bound socket; whoever makes a channel of it closes it.
  let descriptor: CInt
  private let path: String
  private let device: dev_t
  private let inode: ino_t
  /// Given up after the file: `deinit` ends before the members do.
  private let lock: SocketLock

  /// Binds `path`, replacing the file of a program that no longer runs.
  init(bindingTo path: String, mode: UInt32) throws(PublishingError) {
    var address = try UnixSocketFile.address(path)
    try UnixSocketFile.checkFolder(of: path)
    let lock = try SocketLock(ofSocketAt: path)
    try UnixSocketFile.removeStaleFile(path, &address)
    let descriptor = try UnixSocketFile.makeSocket(path)
    do throws(PublishingError) {
      // The file gets the socket's own bits, less the process's umask, in the moment it appears;
      // chmod then adds what the umask took.
      guard fchmod(descriptor, mode) == 0 else { throw .system("fchmod", path, errno) }
      guard UnixSocketFile.bind(descriptor, &address) else { throw .system("bind", path, errno) }
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
  consuming func remove() {}

  deinit {
    guard let status = UnixSocketFile.status(path) else { return }
    guard status.st_dev == device, status.st_ino == inode else { return }
    // SAFETY: the path is NUL-terminated for the call.
    _ = unsafe unlink(path)
  }

  /// Gives the file just bound all its permission bits, or takes it away again.
  private static func finishFile(_ path: String, mode: UInt32) throws(PublishingError) -> stat {
    do throws(PublishingError) {
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

  private static func address(_ path: String) throws(PublishingError) -> sockaddr_un {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let byteCount = path.utf8.count
    let byteCountMax = MemoryLayout.size(ofValue: address.sun_path) - 1
    guard byteCount > 0, byteCount <= byteCountMax else {
      throw .pathTooLong(path: path, byteCount: byteCount, byteCountMax: byteCountMax)
    }
    // SAFETY: the path was just found to fit; the bytes behind it stay zero.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    return address
  }

  private static func checkFolder(of path: String) throws(PublishingError) {
    let end = path.lastIndex(of: "/")
    let folder = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    var status = stat()
    // SAFETY: the path is NUL-terminated for the call, which writes `status` only.
    guard unsafe stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw .folderMissing(folder: folder, path: path)
    }
  }

  private static func removeStaleFile(
    _ path: String,
    _ address: inout sockaddr_un
  ) throws(PublishingError) {
    guard let status = status(path) else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
    let probe = try makeSocket(path)
    defer { close(probe) }
    if connect(probe, &address) { throw .inUse(path: path) }
    switch errno {
    case EAGAIN: throw .inUse(path: path)  // Its queue of connections is full.
    case ECONNREFUSED: break
    case ENOENT: return
    default: throw .system("connect", path, errno)
    }
    // SAFETY: the path is NUL-terminated for the call.
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw .system("unlink", path, errno) }
  }

  private static func makeSocket(_ path: String) throws(PublishingError) -> CInt {
    let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    let descriptor = socket(AF_UNIX, CInt(type), 0)
    guard descriptor >= 0 else { throw .system("socket", path, errno) }
    return descriptor
  }

  private static func status(_ path: String) -> stat? {
    var status = stat()
    // SAFETY: the path is NUL-terminated for the call, which writes `status` only.
    return unsafe lstat(path, &status) == 0 ? status : nil
  }

  private static func bind(_ descriptor: CInt, _ address: inout sockaddr_un) -> Bool {
    // SAFETY: the address is whole and lives until the call returns.
    unsafe withSockaddr(&address) { unsafe Glibc.bind(descriptor, $0, $1) == 0 }
  }

  private static func connect(_ descriptor: CInt, _ address: inout sockaddr_un) -> Bool {
    // SAFETY: the address is whole and lives until the call returns.
    unsafe withSockaddr(&address) { unsafe Glibc.connect(descriptor, $0, $1) == 0 }
  }

  private static func withSockaddr(
    _ address: inout sockaddr_un,
    _ use: (UnsafePointer<sockaddr>, socklen_t) -> Bool
  ) -> Bool {
    // SAFETY: every socket address begins as `sockaddr` does; the length says how much there is.
    unsafe withUnsafePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe use($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}

extension PublishingError {
  /// What `call` on `path` failed with; `code` is its errno.
  static func system(_ call: String, _ path: String, _ code: CInt) -> PublishingError {
    // SAFETY: strerror gives a NUL-terminated text that is copied at once.
    let reason = unsafe String(cString: strerror(code))
    return .system(call: call, path: path, errno: code, reason: reason)
  }
}
