import Glibc
import Spectra
import Synchronization

/// The folder that holds the store's files; one process has it at a time.
final class StoreFolder: Sendable {
  /// The file of events, samples and scans.
  var eventsPath: String { path + "/store.sqlite" }
  /// The file of reserved numbers.
  var numbersPath: String { path + "/numbers.sqlite" }

  private let path: String
  private let lock: Mutex<CInt>

  /// Makes the folder when it is missing and takes its lock; throws `inUse` when another has it.
  init(path: String) throws(StoreError) {
    try StoreFolder.make(path)
    let lockPath = path + "/lock"
    let descriptor = unsafe Glibc.open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw .system(path: lockPath, activity: "opening the lock", errorNumber: errno)
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let number = errno
      Glibc.close(descriptor)
      guard number == EWOULDBLOCK else {
        throw .system(path: lockPath, activity: "taking the lock", errorNumber: number)
      }
      throw .inUse(folder: path)
    }
    self.path = path
    lock = Mutex(descriptor)
  }

  deinit { release() }

  /// Lets another process have the folder; all files must be closed.
  func release() {
    lock.withLock { descriptor in
      if descriptor >= 0 { Glibc.close(descriptor) }
      descriptor = -1
    }
  }

  /// Makes the folder and those above it that are missing.
  private static func make(_ path: String) throws(StoreError) {
    if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    let number = errno
    guard number == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw .system(path: path, activity: "making the folder", errorNumber: number)
    }
    try make(String(path[..<slash]))
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw .system(path: path, activity: "making the folder", errorNumber: errno)
    }
  }

  /// Renames a damaged file and what belongs to it; all its connections must be closed.
  ///
  /// - Returns: the file's new path, with the time in its name.
  func setAside(_ file: String) throws(StoreError) -> String {
    let stamp = Timestamp.now().description.filter { $0.isNumber || $0 == "T" || $0 == "Z" }
    let target = "\(file).damaged-\(stamp)"
    for ending in ["-wal", "-journal", ""] {
      guard unsafe rename(file + ending, target + ending) != 0, errno != ENOENT else { continue }
      throw .system(path: file + ending, activity: "setting it aside", errorNumber: errno)
    }
    // An index of the log that is gone; SQLite makes another.
    _ = unsafe unlink(file + "-shm")
    synchronize()
    return target
  }

  /// Throws `damaged` when somebody has taken the file of events away.
  func checkFileIsThere() throws(StoreError) {
    var status = stat()
    // SAFETY: one status is written by the call.
    guard unsafe stat(eventsPath, &status) != 0, errno == ENOENT else { return }
    throw .damaged(file: eventsPath, found: "nothing: somebody has removed it")
  }

  /// Bytes on the disk of all files in use.
  var byteCount: Int64 {
    var total: Int64 = 0
    for file in [eventsPath, numbersPath] {
      for ending in ["", "-wal", "-journal", "-shm"] {
        var status = stat()
        // SAFETY: one status is written by the call.
        if unsafe stat(file + ending, &status) == 0 { total += Int64(status.st_size) }
      }
    }
    return total
  }

  /// Renames last only when the folder itself is synced.
  private func synchronize() {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    Glibc.close(descriptor)
  }
}
