import Int8Kernels

/// What the convolutions' kernels are written for; all give the same bytes.
package enum InstructionSet: String, CaseIterable, Sendable {
  /// Plain C, the definition of the others.
  case portable
  /// AVX2.
  case avx2
  /// AVX-512 with its int8 dot products.
  case avx512VNNI = "avx512vnni"

  /// Those that this processor has, slowest first.
  package static var available: [InstructionSet] {
    allCases.filter { ConvolutionKernel($0) != nil }
  }

  /// The fastest that this processor has.
  package static var fastest: InstructionSet { available.last ?? .portable }
}

/// The functions of one instruction set.
@safe
struct ConvolutionKernel {
  // SAFETY: points to a constant of the C library, never freed and never written.
  let functions: UnsafePointer<int8_convolution_kernel>

  /// The kernel for an instruction set, or nil where this processor lacks it.
  init?(_ set: InstructionSet) {
    let number =
      switch set {
      case .portable: INT8_PORTABLE
      case .avx2: INT8_AVX2
      case .avx512VNNI: INT8_AVX512_VNNI
      }
    // SAFETY: the C function gives a constant of the library or null.
    guard let functions = unsafe int8_kernel(number) else { return nil }
    unsafe self.functions = unsafe functions
  }
}
