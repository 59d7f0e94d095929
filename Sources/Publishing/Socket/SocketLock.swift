import Glibc

/// The right to bind, remove and replace the socket at one path; given up with the value.
///
/// A socket that is bound refuses connections until it listens, exactly as a stale one does. Two
/// daemons that start together would take each other's file for stale; the lock tells who is first.
///
/// The lock's own file stays: whoever removed it could remove one that another daemon has locked.
struct SocketLock: ~Copyable, Sendable {
  private let descriptor: CInt

  /// Takes the lock of the socket at `path`, or throws `inUse` when another program holds it.
  init(ofSocketAt path: String) throws(PublishingError) {
    let lockPath = path + ".lock"
    let flags = O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW
    // SAFETY: the path is NUL-terminated for the call.
    let descriptor = unsafe open(lockPath, flags, 0o600)
    guard descriptor >= 0 else { throw .system("open", lockPath, errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      throw code == EWOULDBLOCK ? .inUse(path: path) : .system("flock", lockPath, code)
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
