// Several elements of a span at once: they are checked together instead of one by one.

extension Span<Double> {
  /// Sixteen elements from `index` on; traps where fewer follow.
  @inline(__always)
  func vector16(at index: Int) -> SIMD16<Double> {
    precondition(index >= 0 && index <= count &- 16, "a vector lies inside")
    // SAFETY: sixteen initialized elements follow, and any bits are a number.
    return unsafe bytes.unsafeLoadUnaligned(
      fromUncheckedByteOffset: index &* 8,
      as: SIMD16<Double>.self
    )
  }
}

extension MutableSpan<Double> {
  /// Adds `factor` times all of `values` to the elements from `start` on; traps beyond the end.
  ///
  /// No element waits for the one before it, so the loop becomes vector instructions.
  mutating func add(_ values: Span<Double>, times factor: Double, from start: Int) {
    precondition(start >= 0 && start <= count - values.count, "all sums lie inside")
    for index in values.indices {
      // SAFETY: index < values.count, so the sum lies inside, as has just been checked.
      unsafe self[unchecked: start &+ index] += factor * values[index]
    }
  }
}

extension MutableSpan<UInt8> {
  /// Stores the bytes of `value` from `index` on, which must all lie inside.
  @inline(__always)
  @unsafe
  mutating func store<Value: BitwiseCopyable>(_ value: Value, unchecked index: Int) {
    // SAFETY: the caller knows that as many bytes follow; whatever they hold is a number.
    var bytes = unsafe mutableBytes
    // SAFETY: as above.
    unsafe bytes.storeBytes(of: value, toUncheckedByteOffset: index, as: Value.self)
  }
}
