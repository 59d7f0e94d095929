import Int8Kernels

/// Bytes aligned as the kernels ask for, between guards that tell whether anything else was written.
@safe
struct GuardedBytes: ~Copyable {
  static let unwritten: UInt8 = 0xA5
  private static let guardCount = 128
  // SAFETY: allocated in init and freed in deinit, by this value alone.
  private let memory: UnsafeMutableRawBufferPointer
  let count: Int

  init(count: Int) {
    // SAFETY: this value alone frees the memory.
    unsafe memory = .allocate(
      byteCount: Self.guardCount + count + Int(INT8_SLACK_BYTES) + Self.guardCount,
      alignment: 64
    )
    unsafe memory.initializeMemory(as: UInt8.self, repeating: Self.unwritten)
    self.count = count
  }

  init(_ bytes: [UInt8]) {
    self.init(count: bytes.count)
    // SAFETY: the memory is longer than the bytes.
    unsafe UnsafeMutableRawBufferPointer(rebasing: memory[Self.guardCount...])
      .copyBytes(from: bytes)
  }

  deinit {
    // SAFETY: it was allocated in init, and nothing keeps the pointer.
    unsafe memory.deallocate()
  }

  /// Good as long as the value.
  var start: UnsafeMutableRawPointer {
    // SAFETY: the memory is longer than one guard, and so not empty.
    unsafe memory.baseAddress.unsafelyUnwrapped + Self.guardCount
  }

  var bytes: [UInt8] {
    // SAFETY: the bytes lie within the memory.
    unsafe Array(memory[Self.guardCount..<Self.guardCount + count])
  }

  /// Whether all bytes in front of and behind those asked for are as they were.
  var isClean: Bool {
    // SAFETY: the ranges cover the memory.
    unsafe memory[..<Self.guardCount].allSatisfy { $0 == Self.unwritten }
      && memory[(Self.guardCount + count)...].allSatisfy { $0 == Self.unwritten }
  }
}

/// Where two rows of bytes first differ, in words, or nil where they do not; a test that compared
/// long arrays themselves would search for all their differences.
func firstDifference(_ found: [UInt8], _ expected: [UInt8]) -> String? {
  guard found.count == expected.count else {
    return "\(found.count) bytes instead of \(expected.count)"
  }
  guard let index = found.indices.first(where: { found[$0] != expected[$0] }) else { return nil }
  return "byte \(index) is \(found[index]) instead of \(expected[index])"
}
