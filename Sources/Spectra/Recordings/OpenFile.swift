import Glibc

/// An open file; closed when its value ends.
struct OpenFile: ~Copyable, Sendable {
  private let path: String
  private let descriptor: CInt

  private static let chunkBytes = 1 << 18

  /// Opens a file for reading.
  init(reading path: String) throws(RecordingError) {
    self.path = path
    // SAFETY: the system reads the path during the call only.
    descriptor = OpenFile.retrying { unsafe open(path, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw .unreadable(file: path, code: errno) }
  }

  /// Opens a file for writing with `flags`; one that they create may be read by everyone.
  init(writing path: String, flags: CInt) throws(RecordingError) {
    self.path = path
    // SAFETY: the system reads the path during the call only.
    descriptor = OpenFile.retrying { unsafe open(path, flags | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else { throw .unwritable(file: path, code: errno) }
  }

  deinit { close(descriptor) }

  /// How many bytes the file has; 0 for pipes and terminals.
  func byteCount() throws(RecordingError) -> Int {
    var status = stat()
    // SAFETY: `status` outlives the call.
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw .unreadable(file: path, code: errno)
    }
    return Int(status.st_size)
  }

  /// Reads some more bytes and returns how many there were; 0 at the end.
  func read(appendingTo bytes: inout [UInt8]) throws(RecordingError) -> Int {
    var code: CInt = 0
    // SAFETY: the system fills at most the whole buffer and says how much of it.
    let more = unsafe [UInt8](unsafeUninitializedCapacity: OpenFile.chunkBytes) { buffer, count in
      let result = OpenFile.retrying {
        unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      }
      if result < 0 { code = errno }
      count = max(0, result)
    }
    guard code == 0 else { throw .unreadable(file: path, code: code) }
    bytes.append(contentsOf: more)
    return more.count
  }

  /// Reads `count` bytes from `offset` on, fewer where the file ends.
  func read(byteCount count: Int, atOffset offset: Int) throws(RecordingError) -> [UInt8] {
    var code: CInt = 0
    // SAFETY: the system fills at most the whole buffer and says how much of it.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let result = OpenFile.retrying {
          unsafe pread(
            descriptor,
            buffer.baseAddress.map { unsafe $0 + filled },
            count - filled,
            offset + filled
          )
        }
        if result < 0 { code = errno }
        if result <= 0 { return }
        filled += result
      }
    }
    guard code == 0 else { throw .unreadable(file: path, code: code) }
    return bytes
  }

  /// Writes all of `bytes`.
  func write(_ bytes: [UInt8]) throws(RecordingError) {
    var written = 0
    while written < bytes.count {
      // SAFETY: the system reads the rest of the bytes, which outlive the call.
      let result = unsafe bytes[written...].withUnsafeBytes { rest in
        OpenFile.retrying { unsafe Glibc.write(descriptor, rest.baseAddress, rest.count) }
      }
      guard result >= 0 else { throw .unwritable(file: path, code: errno) }
      written += result
    }
  }

  /// Shortens the file.
  func truncate(toByteCount count: Int) throws(RecordingError) {
    guard OpenFile.retrying({ ftruncate(descriptor, count) }) == 0 else {
      throw .unwritable(file: path, code: errno)
    }
  }

  /// Returns when what was written is on the disk; a pipe or terminal has none.
  func synchronize() throws(RecordingError) {
    guard OpenFile.retrying({ fsync(descriptor) }) == 0 || errno == EINVAL else {
      throw .unwritable(file: path, code: errno)
    }
  }

  /// Gives a file another name, replacing what has that name.
  static func rename(_ path: String, to newPath: String) throws(RecordingError) {
    // SAFETY: the system reads the paths during the call only.
    guard unsafe Glibc.rename(path, newPath) == 0 else {
      throw .unwritable(file: newPath, code: errno)
    }
  }

  /// Removes a file if it is there.
  static func remove(_ path: String) {
    // SAFETY: the system reads the path during the call only.
    _ = unsafe unlink(path)
  }

  /// Repeats a call that a signal interrupted.
  private static func retrying<Result: FixedWidthInteger>(_ call: () -> Result) -> Result {
    while true {
      let result = call()
      if result != -1 || errno != EINTR { return result }
    }
  }
}
