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
  /// How many threads share the parts.
  let threadCount: Int

  /// Brings the input into the kernel's form; comes before all parts.
  func prepare() {
    guard let image = unsafe self.image else { return }
    unsafe withUnsafePointer(to: self.parameters) { parameters in
      unsafe kernel.pointee.prepare(parameters, input, image)
    }
  }

  /// Runs the share of one of `threadCount` threads.
  func run(thread: Int) {
    let first = unsafe thread * partCount / threadCount
    let end = unsafe (thread + 1) * partCount / threadCount
    guard first < end else { return }
    let form = unsafe UnsafeRawPointer(image) ?? UnsafeRawPointer(input)
    unsafe withUnsafePointer(to: self.parameters) { parameters in
      unsafe kernel.pointee.run(
        parameters,
        packed,
        form,
        output,
        Int32(first),
        Int32(end),
        scratch + thread * scratchByteCount
      )
    }
  }
}
