import Glibc

/// Zeroed bytes, aligned for the kernels' widest vectors and freed with their owner.
@safe
final class AlignedMemory {
  /// The first byte; valid for as long as the owner is.
  let start: UnsafeMutableRawPointer
  let byteCount: Int
  /// Whether the memory comes straight from the system.
  private let isMapped: Bool

  /// A large page of x86 and ARM: one is made ready sooner than the small ones in its place, and
  /// takes one entry of the processor's table of addresses instead of 512.
  private static let largePage = 2 << 20

  init(byteCount: Int) {
    self.byteCount = byteCount
    if byteCount >= Self.largePage / 4, let mapped = unsafe Self.mapped(byteCount) {
      unsafe start = mapped
      isMapped = true
      return
    }
    isMapped = false
    // SAFETY: at least one byte is allocated and all are initialized before anyone sees them.
    unsafe start = .allocate(byteCount: max(byteCount, 1), alignment: 64)
    unsafe start.initializeMemory(as: UInt8.self, repeating: 0, count: max(byteCount, 1))
  }

  deinit {
    if isMapped {
      unsafe munmap(start, Self.rounded(byteCount))
    } else {
      unsafe start.deallocate()
    }
  }

  private static func rounded(_ byteCount: Int) -> Int {
    (byteCount + largePage - 1) / largePage * largePage
  }

  /// Zeroed memory that begins at a large page, or nil where the system gives none.
  private static func mapped(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    let size = rounded(byteCount)
    // SAFETY: new memory is asked for, one page more than needed; what lies before and behind the
    // aligned part is given back at once.
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let whole = unsafe mmap(nil, size + largePage, PROT_READ | PROT_WRITE, flags, -1, 0),
      unsafe whole != MAP_FAILED
    else { return nil }
    let start = unsafe whole.alignedUp(toMultipleOf: largePage)
    let before = unsafe start - whole
    if before > 0 { unsafe munmap(whole, before) }
    unsafe munmap(start + size, largePage - before)
    // Without large pages it is memory all the same.
    _ = unsafe madvise(start, size, MADV_HUGEPAGE)
    return unsafe start
  }

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
