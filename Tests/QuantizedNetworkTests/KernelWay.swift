import Int8Kernels
import Testing

/// One way of one instruction set to run convolutions, on this processor.
@safe
struct KernelWay: CustomTestStringConvertible, @unchecked Sendable {
  /// What a run leaves behind.
  struct Outcome {
    /// Of the whole stored output; those that were not written are `GuardedBytes.unwritten`.
    let bytes: [UInt8]
    /// Whether nothing was written beside the output and the kernel's own memory.
    let isClean: Bool
  }

  let testDescription: String
  // SAFETY: points to a constant of the C library, never freed and never written.
  private let kernel: UnsafePointer<int8_convolution_kernel>

  /// Nil where this processor lacks the instruction set, or that the way.
  init?(_ set: int8_instruction_set, _ way: Int) {
    // SAFETY: the tables are constants of the C library.
    guard let instructions = unsafe int8_instructions_of(set) else { return nil }
    let ways = unsafe withUnsafeBytes(of: instructions.pointee.convolutions) {
      unsafe Array($0.bindMemory(to: UnsafePointer<int8_convolution_kernel>?.self))
    }
    guard let kernel = unsafe ways[way] else { return nil }
    unsafe self.kernel = unsafe kernel
    testDescription =
      unsafe String(cString: instructions.pointee.name) + " "
      + String(cString: kernel.pointee.name)
  }

  /// The portable loops, which say what every other kernel must compute.
  static let definition = KernelWay(INT8_PORTABLE, Int(INT8_DIRECT))

  /// All ways of all instruction sets of this processor but the definition.
  static let all = InstructionTable.everySet.flatMap { set in
    (0..<Int(INT8_CONVOLUTION_KERNELS)).compactMap { way in
      set == INT8_PORTABLE && way == Int(INT8_DIRECT) ? nil : KernelWay(set, way)
    }
  }

  /// Those for Winograd.
  static let winograd = InstructionTable.everySet.compactMap { KernelWay($0, Int(INT8_WINOGRAD)) }

  /// Runs all parts from the last to the first, each with a scratch of its own; nil where the
  /// convolution does not suit.
  func run(_ convolution: KernelCase) -> Outcome? {
    // SAFETY: the description's pointers are good within the closure, and each piece of memory has
    // the size that the kernel's own functions ask for.
    unsafe convolution.withDescription { description -> Outcome? in
      var own = unsafe description
      guard unsafe kernel.pointee.suits(&own) else { return nil }
      let packed = unsafe GuardedBytes(count: kernel.pointee.packed_bytes(&own))
      let image = unsafe GuardedBytes(count: kernel.pointee.image_bytes(&own))
      let input = GuardedBytes(convolution.input)
      let output = GuardedBytes(
        count: convolution.stored[0] * convolution.stored[1] * convolution.outputPixelBytes
      )
      unsafe kernel.pointee.pack(&own, packed.start)
      if image.count > 0 { unsafe kernel.pointee.prepare(&own, input.start, image.start) }
      var isClean = true
      for part in unsafe (0..<kernel.pointee.parts(&own)).reversed() {
        let scratch = unsafe GuardedBytes(count: kernel.pointee.scratch_bytes(&own))
        unsafe kernel.pointee.run(
          &own,
          packed.start,
          image.count > 0 ? image.start : input.start,
          output.start,
          part,
          part + 1,
          scratch.start
        )
        isClean = isClean && scratch.isClean
      }
      isClean = isClean && packed.isClean && image.isClean && input.isClean && output.isClean
      return Outcome(bytes: output.bytes, isClean: isClean && input.bytes == convolution.input)
    }
  }
}
