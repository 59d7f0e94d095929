import Int8Kernels
import Spectra

/// A convolution or matrix product with everything that does not change from run to run.
@safe
final class Convolution {
  /// The kernels' description; its pointers point into `numbers`.
  private(set) var parameters: int8_convolution
  // SAFETY: points to a constant of the C library, never freed and never written.
  private let kernel: UnsafePointer<int8_convolution_kernel>
  private let imageByteCount: Int
  private let partCount: Int32
  private let numbers: AlignedMemory
  private let packed: AlignedMemory

  /// Bytes of working memory that a run needs.
  let scratchByteCount: Int
  /// Bytes that this owns.
  var byteCount: Int { numbers.byteCount + packed.byteCount }

  /// Packs the weights for `kernel`; the shapes in `parameters` fit the arrays' counts.
  init(
    _ parameters: int8_convolution,
    weights: [Int8],
    bias: [Int32],
    multipliers: [Float],
    kernel: UnsafePointer<int8_convolution_kernel>
  ) {
    func aligned(_ count: Int) -> Int { (count + 63) / 64 * 64 }
    let biasOffset = aligned(weights.count)
    let multiplierOffset = biasOffset + aligned(bias.count * 4)
    let numbers = AlignedMemory(byteCount: multiplierOffset + multipliers.count * 4)
    numbers.store(weights, at: 0)
    numbers.store(bias, at: biasOffset)
    numbers.store(multipliers, at: multiplierOffset)
    var own = unsafe parameters
    // SAFETY: `numbers` lives as long as `self`, and was filled with these types just above.
    unsafe own.weights = UnsafePointer(numbers.start.assumingMemoryBound(to: Int8.self))
    unsafe own.bias = UnsafePointer(
      (numbers.start + biasOffset).assumingMemoryBound(to: Int32.self)
    )
    unsafe own.multipliers = UnsafePointer(
      (numbers.start + multiplierOffset).assumingMemoryBound(to: Float.self)
    )
    // SAFETY: the planner checked the shapes that the kernel computes these counts from.
    let packed = unsafe AlignedMemory(byteCount: kernel.pointee.packed_bytes(&own))
    unsafe kernel.pointee.pack(&own, packed.start)
    let slack = Int(INT8_SLACK_BYTES)
    let imageByteCount = unsafe kernel.pointee.image_bytes(&own)
    self.imageByteCount = imageByteCount == 0 ? 0 : aligned(imageByteCount + slack)
    unsafe scratchByteCount = self.imageByteCount + kernel.pointee.scratch_bytes(&own) + slack
    unsafe partCount = kernel.pointee.parts(&own)
    self.numbers = numbers
    self.packed = packed
    unsafe self.kernel = unsafe kernel
    unsafe self.parameters = unsafe own
  }

  /// Computes the output's bytes.
  ///
  /// `input`, `output` and `scratch` have the sizes that `parameters` and `scratchByteCount` say.
  func run(
    input: UnsafePointer<UInt8>,
    output: UnsafeMutablePointer<UInt8>,
    scratch: UnsafeMutableRawPointer
  ) {
    // SAFETY: the caller vouches for the three, `self` owns the rest.
    if imageByteCount > 0 { unsafe kernel.pointee.prepare(&parameters, input, scratch) }
    unsafe kernel.pointee.run(
      &parameters,
      packed.start,
      imageByteCount > 0 ? UnsafeRawPointer(scratch) : UnsafeRawPointer(input),
      output,
      0,
      partCount,
      scratch + imageByteCount
    )
  }

  /// Computes the sums as real numbers in the file's order; the multipliers are their scales.
  func runToFloat(
    relu: Bool,
    input: UnsafePointer<UInt8>,
    output: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutableRawPointer
  ) {
    // SAFETY: as in `run`.
    unsafe int8_convolve_to_float(
      &parameters,
      parameters.multipliers,
      relu,
      input,
      output,
      scratch
    )
  }
}
