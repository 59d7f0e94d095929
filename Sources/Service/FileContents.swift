import Glibc

/// Why a file could not be read or written: the system's error and what was tried.
package struct FileError: Error, Equatable, CustomStringConvertible {
  /// The file in question.
  package let path: String
  /// The number the system gave, or nil for a limit of ours.
  package let errno: CInt?
  /// What went wrong, for people.
  package let reason: String

  /// ENOENT: there is no such file.
  static let noSuchFile = ENOENT

  /// An error of the system, by its number.
  package init(path: String, errno number: CInt) {
    self.path = path
    errno = number
    reason = unsafe String(cString: strerror(number))
  }

  init(path: String, reason: String) {
    self.path = path
    errno = nil
    self.reason = reason
  }

  package var description: String { "\(path): \(reason)" }
}

/// Reading whole files, with a limit on their size.
package enum FileContents {
  /// Refuses what is no folder that this process may make files in.
  static func checkWritable(folder path: String) throws(FileError) {
    var status = stat()
    // SAFETY: the system reads the path and writes one stat during the calls.
    guard unsafe stat(path, &status) == 0 else { throw FileError(path: path, errno: errno) }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw FileError(path: path, reason: "is no folder, expected one to record in")
    }
    guard unsafe access(path, W_OK | X_OK) == 0 else { throw FileError(path: path, errno: errno) }
  }

  /// The bytes of the file at `path`, which must be a regular file of at most `limit` bytes.
  package static func read(path: String, limitBytes limit: Int) throws(FileError) -> [UInt8] {
    // O_NONBLOCK: a FIFO must be refused below, not waited for.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(path: path, errno: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw FileError(path: path, errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(path: path, reason: "is no regular file")
    }
    guard status.st_size <= limit else {
      throw FileError(
        path: path,
        reason: "found \(status.st_size) bytes, expected at most \(limit)"
      )
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var filled = 0
    while filled < bytes.count {
      // SAFETY: the pointer is used only inside the closure and stays within the array.
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        guard let start = buffer.baseAddress else { return 0 }
        return unsafe Glibc.read(descriptor, start + filled, buffer.count - filled)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileError(path: path, errno: errno) }
      if count == 0 { break }
      filled += count
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }

  /// Makes a folder that only its owner and group may enter, unless it is there.
  static func makeFolder(path: String) throws(FileError) {
    guard unsafe mkdir(path, 0o750) != 0, errno != EEXIST else { return }
    throw FileError(path: path, errno: errno)
  }

  /// Replaces the file at `path` as a whole; after an error the old one is as it was.
  ///
  /// The bytes are on the disk before their name is: a crash leaves one file or the other.
  static func replace(path: String, with bytes: [UInt8]) throws(FileError) {
    let draft = path + ".new"
    // Whatever a crash or somebody else left there is not written to, whatever it is.
    _ = unsafe unlink(draft)
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
    let descriptor = unsafe open(draft, flags, 0o640)
    guard descriptor >= 0 else { throw FileError(path: draft, errno: errno) }
    let failure = writeAndSync(bytes, to: descriptor)
    close(descriptor)
    let isReplaced = unsafe failure == 0 && rename(draft, path) == 0
    guard isReplaced else {
      let number = failure == 0 ? errno : failure
      _ = unsafe unlink(draft)
      throw FileError(path: path, errno: number)
    }
    syncFolder(of: path)
  }

  /// Writes a file that is not there yet, with these permission bits whatever the umask says, and
  /// returns when it is on the disk.
  static func create(path: String, mode: mode_t, with bytes: [UInt8]) throws(FileError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw FileError(path: path, errno: errno) }
    defer { close(descriptor) }
    let failure = fchmod(descriptor, mode) == 0 ? writeAndSync(bytes, to: descriptor) : errno
    guard failure == 0 else { throw FileError(path: path, errno: failure) }
  }

  /// Returns 0 or the error's number.
  private static func writeAndSync(_ bytes: [UInt8], to descriptor: CInt) -> CInt {
    var written = 0
    while written < bytes.count {
      // SAFETY: the pointer is used only inside the closure and stays within the array.
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe write(
          descriptor,
          buffer.baseAddress.map { unsafe $0 + written },
          buffer.count - written
        )
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : ENOSPC }
      written += count
    }
    return fsync(descriptor) == 0 ? 0 : errno
  }

  /// Makes a new name last; where that is not possible the file itself is safe all the same.
  static func syncFolder(of path: String) {
    let folder = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
    let descriptor = unsafe open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
