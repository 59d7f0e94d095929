import Int8Kernels

/// What the kernels are written for; all give the same bytes.
package enum InstructionSet: String, CaseIterable, Sendable {
  /// Plain C, the definition of the others.
  case portable
  /// ARM without dot products.
  case neon
  /// ARM with int8 dot products.
  case neonDotProduct = "neondot"
  /// AVX2.
  case avx2
  /// AVX2 with int8 dot products of 256 bits.
  case avxVNNI = "avxvnni"
  /// AVX-512 with its int8 dot products.
  case avx512VNNI = "avx512vnni"

  /// Those that this processor has, slowest first.
  package static var available: [InstructionSet] {
    allCases.filter { Instructions($0) != nil }
  }

  /// The fastest that this processor has.
  package static var fastest: InstructionSet { available.last ?? .portable }
}

/// One way to run convolutions.
package enum ConvolutionMethod: String, CaseIterable, Sendable {
  /// Products of bytes, summed; suits every convolution.
  case direct
  /// Winograd's F(4 x 4, 3 x 3), where the weights keep it exact.
  case winograd
  /// For groups of one channel.
  case depthwise
}

/// The functions of one instruction set.
@safe
struct Instructions {
  // SAFETY: points to a constant of the C library, never freed and never written.
  let functions: UnsafePointer<int8_instructions>

  /// The functions for an instruction set, or nil where this processor lacks it.
  init?(_ set: InstructionSet) {
    let number =
      switch set {
      case .portable: INT8_PORTABLE
      case .neon: INT8_NEON
      case .neonDotProduct: INT8_NEON_DOT_PRODUCT
      case .avx2: INT8_AVX2
      case .avxVNNI: INT8_AVX_VNNI
      case .avx512VNNI: INT8_AVX512_VNNI
      }
    // SAFETY: the C function gives a constant of the library or null.
    guard let functions = unsafe int8_instructions_of(number) else { return nil }
    unsafe self.functions = unsafe functions
  }
}
