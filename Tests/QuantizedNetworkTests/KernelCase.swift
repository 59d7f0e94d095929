import Int8Kernels

/// A convolution with its numbers, to be run on any kernel.
struct KernelCase {
  /// Rows and columns as they are stored; `output` says how much of it is read.
  var size = [1, 1]
  var channels = 1
  var groups = 1
  var kernel = [1, 1]
  var strides = [1, 1]
  /// Top, left, bottom, right.
  var pads = [0, 0, 0, 0]
  /// Rows and columns before pooling.
  var output = [1, 1]
  var outputChannels = 1
  var outputPixelBytes = 1
  var pools = false
  var inputZero: UInt8 = 0
  var outputZero: UInt8 = 0
  var outputMinimum: UInt8 = 0
  var weights: [Int8] = [0]
  var bias: [Int32] = [0]
  var multipliers: [Float] = [1]
  var input: [UInt8] = [0]
  var softmax: SoftmaxCase?

  /// One pixel, one channel, whose sum is `sum`.
  init(sum: Int32, multiplier: Float, zero: UInt8, minimum: UInt8) {
    bias = [sum]
    multipliers = [multiplier]
    outputZero = zero
    outputMinimum = minimum
  }

  /// What a random case is made for.
  enum Kind: CaseIterable {
    case anyShape
    case winograd
    case depthwise
    /// The largest and smallest bytes, weights and zero points, ties, and multipliers that saturate.
    case extreme
  }

  init(seed: UInt64, _ kind: Kind) {
    var random = SplitMix(seed: seed)
    chooseShape(kind, &random)
    let isExtreme = kind == .extreme
    inputZero = isExtreme ? (random.flip() ? 0 : 255) : UInt8(random.pick(0...255))
    outputZero = isExtreme ? (random.flip() ? 0 : 255) : UInt8(random.pick(0...255))
    outputMinimum = random.flip() ? 0 : outputZero
    let taps = kernel[0] * kernel[1] * channels / groups
    weights = (0..<outputChannels * taps).map { _ in
      isExtreme ? (random.flip() ? -128 : 127) : Int8(random.pick(-128...127))
    }
    let bytes: [UInt8] = random.flip() ? [0, 255] : [255]
    input = (0..<size[0] * size[1] * channels).map { _ in
      isExtreme ? bytes[random.pick(0...bytes.count - 1)] : UInt8(random.pick(0...255))
    }
    let reach = isExtreme ? 1_000_000_000 : 100_000
    bias = (0..<outputChannels).map { _ in Int32(random.pick(-reach...reach)) }
    let spread = 1 / (128 * Float(taps).squareRoot())
    multipliers = (0..<outputChannels).map { _ in
      if isExtreme { return [0x1p-10, 0x1p-23, 1, 1e30][random.pick(0...3)] }
      return Float.random(in: spread / 4...spread * 4, using: &random)
    }
    if random.pick(0...2) == 0 { softmax = SoftmaxCase(channels: outputChannels, &random) }
  }

  /// Winograd's convolution of which each output channel has weights of one sign, which add to
  /// `weightSum` or its negative; the first six by six pixels are all 255.
  init(weightSum: Int, size: [Int]) {
    channels = 120
    kernel = [3, 3]
    self.size = size
    output = [size[0] - 2, size[1] - 2]
    outputChannels = 18
    outputPixelBytes = 18
    outputZero = 128
    weights = []
    for output in 0..<outputChannels {
      var left = weightSum
      for _ in 0..<9 * channels {
        let weight = min(left, 127)
        weights.append(Int8(output.isMultiple(of: 2) ? weight : -weight))
        left -= weight
      }
    }
    bias = (0..<outputChannels).map { Int32(-(1 << 25) + $0 * (1 << 22)) }
    multipliers = (0..<outputChannels).map { _ in 0x1p-19 }
    var random = SplitMix(seed: UInt64(weightSum))
    input = (0..<size[0] * size[1] * channels).map { index in
      let row = index / channels / size[1], column = index / channels % size[1]
      return max(row, column) < 6 || random.pick(0...9) > 0 ? 255 : 0
    }
  }

  private mutating func chooseShape(_ kind: Kind, _ random: inout SplitMix) {
    let isWinograd = kind == .winograd, isDepthwise = kind == .depthwise
    groups =
      isWinograd ? 1 : isDepthwise ? random.pick(2...70) : [1, 1, 1, 2, 5][random.pick(0...4)]
    channels = isDepthwise ? groups : groups * random.pick(1...(isWinograd ? 70 : 19))
    outputChannels = isDepthwise ? groups : groups * random.pick(1...70)
    outputPixelBytes = outputChannels + (random.flip() ? 0 : random.pick(1...40))
    kernel = isWinograd ? [3, 3] : [random.pick(1...4), random.pick(1...4)]
    strides = isWinograd ? [1, 1] : [random.pick(1...3), random.pick(1...3)]
    pads = random.flip() ? [0, 0, 0, 0] : (0..<4).map { _ in random.pick(0...2) }
    let longest = [1, 8, 14, 40][random.pick(0...3)]
    output = [random.pick(1...longest), random.pick(1...max(1, longest / 2))]
    if random.flip() { output.reverse() }
    pools = random.pick(0...2) == 0
    if pools { output = output.map { ($0 + 1) / 2 * 2 } }
    // As many rows and columns as are read; of a third of the cases some more are stored.
    let more = random.pick(0...2) == 0 ? random.pick(1...3) : 0
    size = (0..<2).map {
      max((output[$0] - 1) * strides[$0] + kernel[$0] - pads[$0] - pads[$0 + 2], 1) + more
    }
  }

  /// Rows and columns of the stored output.
  var stored: [Int] { pools ? output.map { $0 / 2 } : output }
}

extension KernelCase {
  /// The kernels' description, whose pointers are good until `use` returns.
  func withDescription<Result>(_ use: (int8_convolution) throws -> Result) rethrows -> Result {
    // SAFETY: the pointers are used within the closures only.
    try unsafe weights.withUnsafeBufferPointer { weights in
      try unsafe bias.withUnsafeBufferPointer { bias in
        try unsafe multipliers.withUnsafeBufferPointer { multipliers in
          var own = unsafe int8_convolution()
          unsafe describeShape(&own)
          unsafe own.weights = weights.baseAddress
          unsafe own.bias = bias.baseAddress
          unsafe own.multipliers = multipliers.baseAddress
          guard let softmax else { return try unsafe use(own) }
          return try unsafe softmax.withDescription { description in
            try unsafe withUnsafePointer(to: description) {
              unsafe own.softmax = $0
              return try unsafe use(own)
            }
          }
        }
      }
    }
  }

  private func describeShape(_ own: inout int8_convolution) {
    // SAFETY: only numbers are written.
    unsafe own.rows = Int32(size[0])
    unsafe own.columns = Int32(size[1])
    unsafe own.channels = Int32(channels)
    unsafe own.groups = Int32(groups)
    unsafe own.kernel_rows = Int32(kernel[0])
    unsafe own.kernel_columns = Int32(kernel[1])
    unsafe own.stride_rows = Int32(strides[0])
    unsafe own.stride_columns = Int32(strides[1])
    unsafe own.pad_top = Int32(pads[0])
    unsafe own.pad_left = Int32(pads[1])
    unsafe own.pad_bottom = Int32(pads[2])
    unsafe own.pad_right = Int32(pads[3])
    unsafe own.output_rows = Int32(output[0])
    unsafe own.output_columns = Int32(output[1])
    unsafe own.output_channels = Int32(outputChannels)
    unsafe own.output_pixel_bytes = Int32(outputPixelBytes)
    unsafe own.pools = pools
    unsafe own.input_zero = inputZero
    unsafe own.output_zero = outputZero
    unsafe own.output_minimum = outputMinimum
  }
}
