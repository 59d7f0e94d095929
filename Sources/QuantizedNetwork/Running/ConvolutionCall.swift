import Int8Kernels

/// A convolution with every address that it needs, ready to run.
///
/// SAFETY: the program that made it gave each piece of memory the size that the kernel asked for,
/// and keeps it for as long as the call.
@unsafe
struct ConvolutionCall {
  let parameters: int8_convolution
  let kernel: UnsafePointer<int8_convolution_kernel>
  let packed: UnsafeRawPointer
  let input: UnsafePointer<UInt8>
  /// Where the kernel's form of the input goes; nil where it reads the input itself.
  let image: UnsafeMutableRawPointer?
  let output: UnsafeMutablePointer<UInt8>
  let scratch: UnsafeMutableRawPointer
  /// Bytes from one thread's scratch to the next.
  let scratchByteCount: Int
  let partCount: Int
  /// How many threads may share the parts; each has a scratch.
  let threadCount: Int
  /// Whether sleeping threads are worth being woken for it.
  let isWorthWaking: Bool

  /// How many parts a thread takes at a time: a few for each thread, so that all end together.
  var claimPartCount: Int { min(max(unsafe partCount / (4 * threadCount), 1), 255) }

  /// Brings the input into the kernel's form; comes before all parts.
  func prepare() {
    guard let image = unsafe self.image else { return }
    unsafe withUnsafePointer(to: self.parameters) { parameters in
      unsafe kernel.pointee.prepare(parameters, input, image)
    }
  }

  /// Runs some parts with the scratch of thread `thread`.
  func run(parts: Range<Int>, thread: Int) {
    let form = unsafe UnsafeRawPointer(image) ?? UnsafeRawPointer(input)
    unsafe withUnsafePointer(to: self.parameters) { parameters in
      unsafe kernel.pointee.run(
        parameters,
        packed,
        form,
        output,
        Int32(parts.lowerBound),
        Int32(parts.upperBound),
        scratch + thread * scratchByteCount
      )
    }
  }
}
