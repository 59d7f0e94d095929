/// A convolution or matrix product whose output's quantization is not known yet.
struct ConvolutionRequest {
  let source: PlannedTensor
  /// The shape that the graph gives the output.
  let outputShape: [Int]
  let image: Extent
  let channels: Int
  let groups: Int
  let window: SlidingWindow
  let outputChannels: Int
  /// In the order output channel, kernel row, kernel column, channel of its group.
  let weights: [Int8]
  /// One for each output channel, or none.
  let bias: [Int32]
  /// One for each output channel.
  let weightScales: [Float]
}

extension PlanBuilder {
  /// Runs a convolution with its output as bytes.
  mutating func emit(
    _ request: ConvolutionRequest,
    to: Quantization,
    relu: Bool,
    _ node: ONNXNode
  ) throws(NetworkError) -> PlannedTensor {
    guard let from = request.source.quantization, from.isSigned == to.isSigned else {
      throw node.failure(
        .quantization(found: "int8 and uint8", expected: "the same type in input and output")
      )
    }
    // In this order, in float: the reference's own rounding.
    let multipliers = request.weightScales.map { from.scale * $0 / to.scale }
    let convolution = try prepare(
      request,
      multipliers: multipliers,
      output: (zero: to.zeroByte, minimum: relu ? to.zeroByte : 0),
      node
    )
    let result = try addTensor(request.outputShape, .quantized(to), for: node)
    append(
      .convolve(convolution),
      node,
      fused: relu ? ["Relu"] : [],
      from: [request.source],
      to: result
    )
    return result
  }

  /// Runs a convolution with its output as floats.
  mutating func emitToFloat(
    _ request: ConvolutionRequest,
    relu: Bool,
    _ node: ONNXNode
  ) throws(NetworkError) -> PlannedTensor {
    guard request.outputShape.count == 4 || request.image.columns == 1 else {
      throw node.failure(
        .operand(name: node.outputs[0], expected: "quantized by the next node, or of one row")
      )
    }
    let scale = request.source.quantization?.scale ?? 1
    let convolution = try prepare(
      request,
      multipliers: request.weightScales.map { scale * $0 },
      output: (zero: 0, minimum: 0),
      node
    )
    let result = try addTensor(request.outputShape, .float, for: node)
    append(
      .convolveToFloat(convolution, relu: relu),
      node,
      fused: relu ? ["Relu"] : [],
      from: [request.source],
      to: result
    )
    return result
  }

  private mutating func prepare(
    _ request: ConvolutionRequest,
    multipliers: [Float],
    output: (zero: UInt8, minimum: UInt8),
    _ node: ONNXNode
  ) throws(NetworkError) -> PlannedConvolution {
    let window = request.window
    let padded = [
      request.image.rows + window.pads[0] + window.pads[2],
      request.image.columns + window.pads[1] + window.pads[3],
      request.channels,
    ]
    guard NetworkLimits.elementCount(padded) != nil else {
      throw node.failure(.shape(found: [padded], expected: "a smaller padded image"))
    }
    for multiplier in multipliers where !multiplier.isFinite {
      throw node.failure(.quantization(found: "\(multiplier)", expected: "finite scale ratios"))
    }
    try count(multiplications: window.output + [request.weights.count])
    try count(bytes: request.weights.count)
    let inputZero = request.source.quantization?.zeroByte ?? 0
    return PlannedConvolution(
      image: request.image,
      channels: request.channels,
      groups: request.groups,
      window: window,
      outputChannels: request.outputChannels,
      weights: request.weights,
      bias: try foldedBias(request, inputZero: Int64(inputZero), node),
      multipliers: multipliers,
      inputZero: inputZero,
      outputZero: output.zero,
      outputMinimum: output.minimum
    )
  }

  /// The bias minus the zero point's share of the sums; proves that the true sums fit in 32 bits.
  private func foldedBias(
    _ request: ConvolutionRequest,
    inputZero: Int64,
    _ node: ONNXNode
  ) throws(NetworkError) -> [Int32] {
    let largest = max(inputZero, 255 - inputZero)
    let channelWeights = request.weights.count / request.outputChannels
    var folded: [Int32] = []
    folded.reserveCapacity(request.outputChannels)
    for channel in 0..<request.outputChannels {
      let bias = request.bias.isEmpty ? 0 : Int64(request.bias[channel])
      let start = channel * channelWeights
      let (sum, magnitude) = Self.sums(of: request.weights.span, start..<start + channelWeights)
      guard abs(bias) + magnitude * largest <= Int64(Int32.max) else {
        throw node.failure(.accumulatorOverflow(channel: channel))
      }
      // May wrap; adding the raw bytes' products wraps back.
      folded.append(Int32(truncatingIfNeeded: bias - inputZero * sum))
    }
    return folded
  }

  /// The sum of the weights in `range` and that of their magnitudes.
  private static func sums(of weights: Span<Int8>, _ range: Range<Int>) -> (Int64, Int64) {
    var (sum, magnitude): (Int64, Int64) = (0, 0)
    // Blocks whose sums fit in 32 bits are added up by vector instructions.
    for start in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 16) {
      let block = weights.extracting(start..<min(start + 1 << 16, range.upperBound))
      var (blockSum, blockMagnitude): (Int32, Int32) = (0, 0)
      for index in block.indices {
        blockSum &+= Int32(block[index])
        blockMagnitude &+= abs(Int32(block[index]))
      }
      sum += Int64(blockSum)
      magnitude += Int64(blockMagnitude)
    }
    return (sum, magnitude)
  }
}
