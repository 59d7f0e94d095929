import Glibc

extension NumpyArray {
  /// Reads the `.npy` file at `path`.
  init(contentsOfFile path: String) throws(NumpyFileError) {
    // SAFETY: libc copies the path before it returns; so for all paths here.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .notAccessible(path: path, errorNumber: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      // SAFETY: the block has room for as many bytes as are asked for.
      let found = unsafe read(descriptor, &block, block.count)
      guard found >= 0 else { throw .notAccessible(path: path, errorNumber: errno) }
      guard found > 0 else { break }
      bytes += block[..<found]
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
    guard descriptor >= 0 else { throw .notAccessible(path: temporary, errorNumber: errno) }
    var failure = NumpyArray.write(bytes, to: descriptor)
    if close(descriptor) != 0, failure == nil { failure = errno }
    if failure == nil, unsafe rename(temporary, path) != 0 { failure = errno }
    if let failure {
      unsafe unlink(temporary)
      throw .notAccessible(path: path, errorNumber: failure)
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
