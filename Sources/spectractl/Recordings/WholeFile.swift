import Glibc
import Service

/// Files that appear when they are complete: written beside their name, and renamed.
enum WholeFile {
  /// The name beside `path` under which it is written.
  static func draft(of path: String) -> String { path + ".\(getpid()).partial" }

  /// Writes a file; what cannot be written ends the command with status 73 and leaves the old one.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let draft = draft(of: path)
    let failure = writeAndSync(bytes, to: draft)
    guard failure == 0 else {
      remove(draft)
      throw Self.failure(path, errorNumber: failure)
    }
    try publish(draft, as: path)
  }

  /// Gives a complete draft its name.
  static func publish(_ draft: String, as path: String) throws {
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
  private static func writeAndSync(_ bytes: [UInt8], to path: String) -> CInt {
    // SAFETY: the system reads the path during the call only.
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
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
