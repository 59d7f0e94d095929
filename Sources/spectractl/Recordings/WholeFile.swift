import Glibc
import Service

/// Files that appear when they are complete: written beside their name, and renamed.
enum WholeFile {
  /// The name beside `path` under which it is written.
  static func draft(of path: String) -> String { path + ".\(getpid()).partial" }

  /// Writes a file; what cannot be written ends the command with status 73 and leaves the old one.
  ///
  /// A symbolic link is followed. What is no file, a device or a pipe, is written to as it is.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let path = try target(of: path)
    if isSpecial(path) {
      let failure = writeAndSync(bytes, to: path, flags: O_WRONLY)
      // Neither a pipe nor a device need know of a disk.
      guard [0, EINVAL, EROFS, ENOTSUP].contains(failure) else {
        throw Self.failure(path, errorNumber: failure)
      }
      return
    }
    let draft = draft(of: path)
    let failure = writeAndSync(bytes, to: draft)
    guard failure == 0 else {
      remove(draft)
      throw Self.failure(path, errorNumber: failure)
    }
    try publish(draft, as: path)
  }

  /// The file that `path` leads to, which need not exist.
  static func target(of path: String) throws -> String {
    var status = stat()
    // SAFETY: the system reads the path and writes one status during the call.
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return path }
    // SAFETY: the text that realpath allocates is copied, then freed.
    guard let resolved = unsafe realpath(path, nil) else {
      throw failure(path, errorNumber: errno)
    }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  /// Whether something is there that renaming would replace instead of writing to it.
  private static func isSpecial(_ path: String) -> Bool {
    var status = stat()
    // SAFETY: the system reads the path and writes one status during the call.
    guard unsafe lstat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT != S_IFREG
  }

  /// Gives a complete draft its name.
  static func publish(_ draft: String, as path: String) throws {
    guard !isSpecial(path) else {
      remove(draft)
      throw failure(path, errorNumber: EEXIST)
    }
    // SAFETY: the system reads the paths during the call only.
    guard unsafe rename(draft, path) != 0 else { return }
    let number = errno
    remove(draft)
    throw failure(path, errorNumber: number)
  }

  /// Removes a draft if it is there.
  static func remove(_ draft: String) {
    // SAFETY: the system reads the path during the call only.
    _ = unsafe unlink(draft)
  }

  private static func failure(_ path: String, errorNumber: CInt) -> any Error {
    StandardError.print(FileError(path: path, errno: errorNumber).description)
    return ExitStatus.cannotWrite.exitCode
  }

  /// Returns 0 or the error's number.
  private static func writeAndSync(
    _ bytes: [UInt8],
    to path: String,
    flags: CInt = O_WRONLY | O_CREAT | O_EXCL
  ) -> CInt {
    // SAFETY: the system reads the path during the call only.
    let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      // SAFETY: the pointer is used only inside the closure.
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : ENOSPC }
      rest.removeFirst(count)
    }
    return fsync(descriptor) == 0 ? 0 : errno
  }
}
