/// A fixed number of trivially copyable elements, allocated once and never resized.
///
/// The hot path keeps every vector it needs in these: unlike `Array` there is no reference count
/// and no copy on write, so reading and writing never allocate. Unlike `InlineArray` the elements
/// stay where they are when the owner moves.
///
/// It is public, unlike everything else here: the compiler (6.3.1) does not pass the bodies of
/// inlinable `package` generics on to other modules, so each element would cost them a call.
@safe
@frozen
public struct FixedArray<Element: BitwiseCopyable>: ~Copyable {
  @usableFromInline let start: UnsafeMutablePointer<Element>
  /// How many elements there are; all are initialized.
  public let count: Int

  /// Allocates `count` elements, each equal to `value`.
  @inlinable
  public init(repeating value: Element, count: Int) {
    precondition(count >= 0, "a fixed array has no negative count")
    unsafe start = .allocate(capacity: count)
    unsafe start.initialize(repeating: value, count: count)
    self.count = count
  }

  /// Allocates as many elements as `elements` has and copies them.
  @inlinable
  public init(_ elements: [Element]) {
    unsafe start = .allocate(capacity: elements.count)
    for index in elements.indices {
      unsafe (start + index).initialize(to: elements[index])
    }
    count = elements.count
  }

  @inlinable deinit { unsafe start.deallocate() }

  /// The element at `index`; an index outside `0..<count` traps.
  @inlinable
  public subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "index outside the array")
      return unsafe start[index]
    }
    set {
      precondition(index >= 0 && index < count, "index outside the array")
      unsafe start[index] = newValue
    }
  }

  /// Lends all elements for reading.
  @inlinable
  public func withSpan<Result, Failure: Error>(
    _ use: (Span<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // SAFETY: `start` holds `count` initialized elements for as long as `self` is borrowed.
    try use(unsafe Span(_unsafeStart: UnsafePointer(start), count: count))
  }

  /// Lends all elements for reading and writing.
  @inlinable
  public mutating func withMutableSpan<Result, Failure: Error>(
    _ use: (inout MutableSpan<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // SAFETY: `self` is held exclusively while `use` runs.
    var elements = unsafe MutableSpan(_unsafeStart: start, count: count)
    return try use(&elements)
  }

  /// Copies the first `count` elements of `other`, which must not be shorter than that.
  @inlinable
  public mutating func copyPrefix(_ count: Int, of other: borrowing FixedArray<Element>) {
    precondition(count >= 0 && count <= self.count && count <= other.count, "prefix too long")
    unsafe start.update(from: other.start, count: count)
  }
}

// SAFETY: the elements are trivially copyable and owned by exactly one value.
extension FixedArray: @unchecked Sendable where Element: Sendable {}
