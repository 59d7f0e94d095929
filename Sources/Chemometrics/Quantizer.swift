/// The quantization of an encoding, prepared so that a loop over it becomes vector instructions.
struct Quantizer {
  private let scale: Float
  private let lowest: Float
  private let highest: Float
  /// What makes the bits of a rounded value a stored number.
  private let bias: Int32
  /// The bit that tells a stored byte from one of 0 to 255: for int8 the sign.
  private let signBit: UInt32

  // 1.5 · 2²³: adding it leaves no bits for a fraction, so the addition itself rounds to the
  // nearest whole number, halves to even. Baseline x86-64 has no rounding instruction.
  private static let roundingTerm: Float = 12_582_912

  init(_ encoding: ImageEncoding) {
    scale = encoding.scale
    // Clamping to whole numbers before rounding gives what clamping after it would.
    lowest = Float((encoding.isSigned ? -128 : 0) - encoding.zeroPoint)
    highest = Float((encoding.isSigned ? 127 : 255) - encoding.zeroPoint)
    bias = encoding.zeroPoint &- Int32(bitPattern: Quantizer.roundingTerm.bitPattern)
    signBit = encoding.isSigned ? 0x80 : 0
  }

  /// The stored byte of `value`, which must not be NaN.
  @inline(__always)
  func quantize(_ value: Float) -> UInt8 {
    UInt8(truncatingIfNeeded: Int32(bitPattern: roundedBits(value)) &+ bias)
  }

  /// The value in steps, clamped and rounded; its bits count on from those of the rounding term.
  @inline(__always)
  private func roundedBits(_ value: Float) -> UInt32 {
    var steps = value / scale
    steps = steps > lowest ? steps : lowest
    steps = steps < highest ? steps : highest
    return (steps + Quantizer.roundingTerm).bitPattern
  }

  /// Quantizes `a·x − b·y`, element by element.
  func quantize(
    _ a: Float,
    times x: Span<Float>,
    less b: Float,
    times y: Span<Float>,
    into stored: inout MutableSpan<UInt8>
  ) {
    precondition(x.count <= stored.count, "one element per pixel")
    precondition(y.count == x.count, "one element per pixel")
    for index in x.indices { stored[index] = quantize(a * x[index] - b * y[index]) }
  }

  /// Quantizes `a·x − b·y` into the lowest byte and `b·x − a·y` into the next, above them `rest`.
  func quantize(
    _ a: Float,
    _ b: Float,
    times x: Span<Float>,
    _ y: Span<Float>,
    below rest: Span<UInt32>,
    into stored: inout MutableSpan<UInt32>
  ) {
    precondition(x.count <= stored.count, "one element per pixel")
    precondition(y.count == x.count && rest.count == x.count, "one element per pixel")
    // Both numbers are made 0 to 255 at once: no sum carries into the next byte, and none has to
    // be masked. The sign bits come last.
    let term = UInt32(bitPattern: bias) &+ signBit
    let (terms, signs) = (term &+ (term &<< 8), signBit | (signBit << 8))
    for index in x.indices {
      let first = roundedBits(a * x[index] - b * y[index])
      let second = roundedBits(b * x[index] - a * y[index])
      stored[index] = (first &+ (second &<< 8) &+ (rest[index] &+ terms)) ^ signs
    }
  }
}
