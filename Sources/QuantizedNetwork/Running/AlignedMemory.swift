/// Zeroed bytes, aligned for the kernels' widest vectors and freed with their owner.
@safe
final class AlignedMemory {
  /// The first byte; valid for as long as the owner is.
  let start: UnsafeMutableRawPointer
  let byteCount: Int

  init(byteCount: Int) {
    self.byteCount = byteCount
    // SAFETY: at least one byte is allocated and all are initialized before anyone sees them.
    unsafe start = .allocate(byteCount: max(byteCount, 1), alignment: 64)
    unsafe start.initializeMemory(as: UInt8.self, repeating: 0, count: max(byteCount, 1))
  }

  deinit { unsafe start.deallocate() }

  /// Copies `elements` behind each other, beginning at `offset` bytes.
  func store<Element: BitwiseCopyable>(_ elements: [Element], at offset: Int) {
    let end = offset + elements.count * MemoryLayout<Element>.stride
    precondition(offset >= 0 && end <= byteCount, "stored outside the memory")
    unsafe elements.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress else { return }
      // SAFETY: the range was checked above, and `elements` lies elsewhere.
      unsafe (start + offset).copyMemory(from: source, byteCount: bytes.count)
    }
  }
}
