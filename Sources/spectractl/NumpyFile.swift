import Glibc
import Service

extension NumpyArray {
  /// Larger files are refused before memory is taken for them.
  private static let fileBytesMax = 1 << 30

  /// Reads the `.npy` file at `path`.
  init(contentsOfFile path: String) throws(NumpyFileError) {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try FileContents.read(path: path, limitBytes: NumpyArray.fileBytesMax)
    } catch {
      throw .notAccessible(error)
    }
    try self.init(parsing: bytes)
  }

  /// Writes the `.npy` file at `path`: whole or, on an error, not at all.
  func write(toFile path: String) throws(NumpyFileError) {
    try NumpyArray.write(encoded, toFile: path)
  }

  /// Writes a file of `bytes`: whole or, on an error, not at all.
  static func write(_ bytes: [UInt8], toFile path: String) throws(NumpyFileError) {
    let temporary = path + ".\(getpid()).partial"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .notAccessible(FileError(path: path, errno: errno)) }
    var failure = NumpyArray.write(bytes, to: descriptor)
    if close(descriptor) != 0, failure == nil { failure = errno }
    if failure == nil, unsafe rename(temporary, path) != 0 { failure = errno }
    if let failure {
      unsafe unlink(temporary)
      throw .notAccessible(FileError(path: path, errno: failure))
    }
  }

  /// Returns the error number of what went wrong, or nil.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    var written = 0
    while written < bytes.count {
      // SAFETY: the array is not empty past `written` and outlives the call.
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(
          descriptor,
          buffer.baseAddress?.advanced(by: written),
          buffer.count - written
        )
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return errno }
      written += count
    }
    return nil
  }
}
