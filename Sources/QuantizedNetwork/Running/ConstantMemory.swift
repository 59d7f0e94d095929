/// What does not change from run to run, behind each other in one aligned memory.
@safe
final class ConstantMemory {
  private let memory: AlignedMemory
  private var used = 0

  init(byteCount: Int) { memory = AlignedMemory(byteCount: byteCount) }

  var byteCount: Int { memory.byteCount }

  /// What `count` elements take, with what kernels may read behind them.
  static func byteCount<Element>(_ count: Int, of type: Element.Type) -> Int {
    Arena.padded(count * MemoryLayout<Element>.stride)
  }

  /// The next `count` bytes, zeroed.
  func take(_ count: Int) -> UnsafeMutableRawPointer {
    let start = used
    used += Arena.padded(count)
    precondition(used <= byteCount, "more constants than were counted")
    return unsafe memory.start + start
  }

  /// Copies `elements` to where they stay as long as this memory does.
  func store<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafePointer<Element> {
    let count = elements.count
    let start = unsafe take(count * MemoryLayout<Element>.stride)
    // SAFETY: the bytes were counted, are aligned to 64 and belong to nobody else.
    let typed = unsafe start.bindMemory(to: Element.self, capacity: max(count, 1))
    unsafe elements.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress else { return }
      unsafe typed.initialize(from: first, count: count)
    }
    return unsafe UnsafePointer(typed)
  }

  /// Copies one value to where it stays as long as this memory does.
  func store<Value: BitwiseCopyable>(_ value: Value) -> UnsafePointer<Value> {
    let start = unsafe take(MemoryLayout<Value>.stride)
    // SAFETY: as above.
    let typed = unsafe start.bindMemory(to: Value.self, capacity: 1)
    unsafe typed.initialize(to: value)
    return unsafe UnsafePointer(typed)
  }
}
