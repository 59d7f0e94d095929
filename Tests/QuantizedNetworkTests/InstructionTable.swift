import Int8Kernels
import Testing

/// What one instruction set of this processor computes beside convolutions.
@safe
struct InstructionTable: CustomTestStringConvertible, @unchecked Sendable {
  let testDescription: String
  // SAFETY: points to a constant of the C library, never freed and never written.
  private let functions: UnsafePointer<int8_instructions>

  /// Nil where this processor lacks the instruction set.
  init?(_ set: int8_instruction_set) {
    // SAFETY: the C function gives a constant of the library or null.
    guard let functions = unsafe int8_instructions_of(set) else { return nil }
    unsafe self.functions = unsafe functions
    testDescription = unsafe String(cString: functions.pointee.name)
  }

  static let everySet = [
    INT8_PORTABLE, INT8_NEON, INT8_NEON_DOT_PRODUCT, INT8_AVX2, INT8_AVX_VNNI, INT8_AVX512_VNNI,
  ]

  /// Those of this processor.
  static let all = everySet.compactMap { InstructionTable($0) }

  /// Softmax over the channels of as many pixels as there are, and whether only they were written.
  func softmax(_ softmax: SoftmaxCase, _ bytes: [UInt8]) -> (bytes: [UInt8], isClean: Bool) {
    let memory = GuardedBytes(bytes)
    let pixels = bytes.count / softmax.channels
    unsafe softmax.withDescription { description in
      var own = unsafe description
      // SAFETY: the memory holds a byte for each channel of each pixel.
      unsafe functions.pointee.softmax(
        pixels,
        softmax.channels,
        &own,
        memory.start.assumingMemoryBound(to: UInt8.self)
      )
    }
    return (memory.bytes, memory.isClean)
  }

  /// Bytes of reals, and whether only they were written.
  func quantize(
    planes: Int,
    pixels: Int,
    _ to: int8_quantization,
    _ reals: [Float]
  ) -> (bytes: [UInt8], isClean: Bool) {
    let memory = GuardedBytes(count: reals.count)
    // SAFETY: the memory holds a byte for each real.
    unsafe functions.pointee.quantize(
      planes,
      pixels,
      to,
      reals,
      memory.start.assumingMemoryBound(to: UInt8.self)
    )
    return (memory.bytes, memory.isClean)
  }
}
