import Int8Kernels

/// How one convolution of a plan is run, and the memory that takes.
@safe
struct KernelChoice {
  let method: ConvolutionMethod
  /// The convolution in its region; its pointers are not set.
  let parameters: int8_convolution
  // SAFETY: points to a constant of the C library, never freed and never written.
  let kernel: UnsafePointer<int8_convolution_kernel>
  let packedByteCount: Int
  /// 0 where the kernel reads the input as it is.
  let imageByteCount: Int
  /// For each thread.
  let scratchByteCount: Int
  let partCount: Int
  let cycles: Double
  /// Whether the weights are needed as they are in the plan.
  var readsWeights: Bool { packedByteCount == 0 }
}

extension Instructions {
  /// The fastest way for a convolution of a plan, or the one that is asked for where it suits.
  func choose(
    for convolution: PlannedConvolution,
    _ parameters: int8_convolution,
    method: ConvolutionMethod?
  ) -> KernelChoice {
    // SAFETY: the kernels look at numbers that `convolution` lends for the call.
    unsafe convolution.withNumbers(of: parameters) { filled in
      var best: KernelChoice?
      for candidate in ConvolutionMethod.allCases {
        guard let kernel = unsafe self.kernel(candidate), unsafe kernel.pointee.suits(filled) else {
          continue
        }
        let choice = unsafe KernelChoice(
          method: candidate,
          parameters: parameters,
          kernel: kernel,
          packedByteCount: kernel.pointee.packed_bytes(filled),
          imageByteCount: kernel.pointee.image_bytes(filled),
          scratchByteCount: kernel.pointee.scratch_bytes(filled),
          partCount: Int(kernel.pointee.parts(filled)),
          cycles: kernel.pointee.cycles(filled)
        )
        if candidate == method { return choice }
        if best.map({ choice.cycles < $0.cycles }) ?? true { best = choice }
      }
      guard let best else { preconditionFailure("direct kernels suit every convolution") }
      return best
    }
  }

  private func kernel(_ method: ConvolutionMethod) -> UnsafePointer<int8_convolution_kernel>? {
    switch method {
    case .direct: unsafe functions.pointee.convolutions.0
    case .winograd: unsafe functions.pointee.convolutions.1
    case .depthwise: unsafe functions.pointee.convolutions.2
    }
  }
}
