import Int8Kernels

/// A small generator, so that a failing case can be repeated from its seed.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// A convolution with its numbers, to be run on any kernel.
struct KernelCase {
  var size = [1, 1]
  var channels = 1
  var groups = 1
  var kernel = [1, 1]
  var strides = [1, 1]
  /// Top, left, bottom, right.
  var pads = [0, 0, 0, 0]
  var outputChannels = 1
  var inputZero: UInt8 = 0
  var outputZero: UInt8 = 0
  var outputMinimum: UInt8 = 0
  var weights: [Int8] = [0]
  var bias: [Int32] = [0]
  var multipliers: [Float] = [1]
  var input: [UInt8] = [0]

  /// One pixel, one channel, whose sum is `sum`.
  init(sum: Int32, multiplier: Float, zero: UInt8, minimum: UInt8) {
    bias = [sum]
    multipliers = [multiplier]
    outputZero = zero
    outputMinimum = minimum
  }

  /// A random shape; extreme cases have only the largest and smallest weights and bytes.
  init(seed: UInt64, isExtreme: Bool) {
    var random = SplitMix(seed: seed)
    func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    func flip() -> Bool { Bool.random(using: &random) }
    groups = [1, 1, 1, 2, 5][pick(0...4)]
    channels = groups * pick(1...19)
    outputChannels = groups * pick(1...70)
    kernel = [pick(1...4), pick(1...4)]
    pads = (0..<4).map { _ in pick(0...2) }
    strides = [pick(1...3), pick(1...3)]
    size = [kernel[0] + pick(0...9), kernel[1] + pick(0...9)]
    inputZero = UInt8(pick(0...255))
    outputZero = UInt8(pick(0...255))
    outputMinimum = flip() ? 0 : outputZero
    let weightCount = outputChannels * (channels / groups) * kernel[0] * kernel[1]
    weights = (0..<weightCount).map { _ in
      isExtreme ? (flip() ? -128 : 127) : Int8(pick(-128...127))
    }
    bias = (0..<outputChannels).map { _ in Int32(pick(-100_000...100_000)) }
    multipliers = (0..<outputChannels).map { _ in Float.random(in: 1e-4...2e-2, using: &random) }
    input = (0..<size[0] * size[1] * channels).map { _ in
      isExtreme ? (flip() ? 0 : 255) : UInt8(pick(0...255))
    }
  }

  /// Output rows and columns.
  var output: [Int] {
    (0..<2).map { (size[$0] + pads[$0] + pads[$0 + 2] - kernel[$0]) / strides[$0] + 1 }
  }

  /// The output's bytes as a way of `set` computes them, or nil where this processor lacks it or it
  /// does not suit, and whether nothing was written behind them.
  func run(
    _ set: int8_instruction_set,
    _ way: Int = Int(INT8_DIRECT)
  ) -> (bytes: [UInt8], isClean: Bool)? {
    // SAFETY: the pointers are used within the closures only, and the buffers have the sizes that
    // the kernel's own functions ask for.
    guard let instructions = unsafe int8_instructions_of(set) else { return nil }
    let ways = unsafe withUnsafeBytes(of: instructions.pointee.convolutions) {
      unsafe Array($0.bindMemory(to: UnsafePointer<int8_convolution_kernel>?.self))
    }
    guard let functions = unsafe ways[way] else { return nil }
    let slack = Int(INT8_SLACK_BYTES)
    let count = output[0] * output[1] * outputChannels
    var bytes = [UInt8](repeating: 0xA5, count: count + slack)
    let padded = input + [UInt8](repeating: 0xFF, count: slack)
    var suits = false
    unsafe withParameters { parameters in
      var own = unsafe parameters
      suits = unsafe functions.pointee.suits(&own)
      guard suits else { return }
      func memory(_ byteCount: Int) -> UnsafeMutableRawPointer {
        .allocate(byteCount: byteCount + slack, alignment: 64)
      }
      let packed = unsafe memory(functions.pointee.packed_bytes(&own))
      let imageByteCount = unsafe functions.pointee.image_bytes(&own)
      let image = unsafe memory(max(imageByteCount, padded.count))
      let scratch = unsafe memory(functions.pointee.scratch_bytes(&own))
      defer {
        unsafe packed.deallocate()
        unsafe image.deallocate()
        unsafe scratch.deallocate()
      }
      unsafe functions.pointee.pack(&own, packed)
      if imageByteCount > 0 {
        unsafe functions.pointee.prepare(&own, padded, image)
      } else {
        unsafe image.copyMemory(from: padded, byteCount: padded.count)
      }
      let parts = unsafe functions.pointee.parts(&own)
      unsafe functions.pointee.run(&own, packed, image, &bytes, 0, parts, scratch)
    }
    guard suits else { return nil }
    return (Array(bytes.prefix(count)), bytes.suffix(slack).allSatisfy { $0 == 0xA5 })
  }

  /// The kernels' description, whose pointers are good until `use` returns.
  private func withParameters(_ use: (int8_convolution) -> Void) {
    unsafe weights.withUnsafeBufferPointer { weights in
      unsafe bias.withUnsafeBufferPointer { bias in
        unsafe multipliers.withUnsafeBufferPointer { multipliers in
          unsafe use(
            int8_convolution(
              rows: Int32(size[0]),
              columns: Int32(size[1]),
              channels: Int32(channels),
              groups: Int32(groups),
              kernel_rows: Int32(kernel[0]),
              kernel_columns: Int32(kernel[1]),
              stride_rows: Int32(strides[0]),
              stride_columns: Int32(strides[1]),
              pad_top: Int32(pads[0]),
              pad_left: Int32(pads[1]),
              pad_bottom: Int32(pads[2]),
              pad_right: Int32(pads[3]),
              output_rows: Int32(output[0]),
              output_columns: Int32(output[1]),
              output_channels: Int32(outputChannels),
              output_pixel_bytes: Int32(outputChannels),
              pools: false,
              input_zero: inputZero,
              output_zero: outputZero,
              output_minimum: outputMinimum,
              weights: weights.baseAddress,
              bias: bias.baseAddress,
              multipliers: multipliers.baseAddress,
              softmax: nil
            )
          )
        }
      }
    }
  }
}
