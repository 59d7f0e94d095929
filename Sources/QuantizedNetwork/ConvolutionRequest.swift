import Int8Kernels

/// A convolution or matrix product whose output's quantization is not known yet.
///
/// A matrix product of `rows` rows is a convolution with a 1 x 1 kernel over as many pixels.
struct ConvolutionRequest {
  let source: PlannedTensor
  /// The shape that the graph gives the output.
  let outputShape: [Int]
  let image: (rows: Int, columns: Int, channels: Int)
  let groups: Int
  let window: (kernel: [Int], strides: [Int], pads: [Int], output: [Int])
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
      node: node.name,
      from: [request.source.storage],
      to: result.storage
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
      node: node.name,
      from: [request.source.storage],
      to: result.storage
    )
    return result
  }

  private mutating func prepare(
    _ request: ConvolutionRequest,
    multipliers: [Float],
    output: (zero: UInt8, minimum: UInt8),
    _ node: ONNXNode
  ) throws(NetworkError) -> Convolution {
    let window = request.window
    let padded = [
      request.image.rows + window.pads[0] + window.pads[2],
      request.image.columns + window.pads[1] + window.pads[3],
      request.image.channels,
    ]
    guard NetworkLimits.elementCount(padded) != nil else {
      throw node.failure(.shape(found: [padded], expected: "a smaller padded image"))
    }
    for multiplier in multipliers where !multiplier.isFinite {
      throw node.failure(.quantization(found: "\(multiplier)", expected: "finite scale ratios"))
    }
    try count(multiplications: window.output + [request.weights.count])
    // Each kernel packs into blocks of at most 64 output channels of at most 4 bytes a weight.
    let channelWeights = request.weights.count / request.outputChannels
    let blocked = request.groups * ((request.outputChannels / request.groups + 15) / 16 * 16)
    try count(bytes: request.weights.count + blocked * (channelWeights + 4) * 4)
    let inputZero = request.source.quantization?.zeroByte ?? 0
    let bias = try foldedBias(request, inputZero: Int64(inputZero), node)
    // SAFETY: `Convolution` sets the pointers to memory of its own.
    let parameters = unsafe int8_convolution(
      rows: Int32(request.image.rows),
      columns: Int32(request.image.columns),
      channels: Int32(request.image.channels),
      groups: Int32(request.groups),
      kernel_rows: Int32(window.kernel[0]),
      kernel_columns: Int32(window.kernel[1]),
      stride_rows: Int32(window.strides[0]),
      stride_columns: Int32(window.strides[1]),
      pad_top: Int32(window.pads[0]),
      pad_left: Int32(window.pads[1]),
      pad_bottom: Int32(window.pads[2]),
      pad_right: Int32(window.pads[3]),
      output_rows: Int32(window.output[0]),
      output_columns: Int32(window.output[1]),
      output_channels: Int32(request.outputChannels),
      output_pixel_bytes: Int32(request.outputChannels),
      pools: false,
      input_zero: inputZero,
      output_zero: output.zero,
      output_minimum: output.minimum,
      weights: nil,
      bias: nil,
      multipliers: nil,
      softmax: nil
    )
    guard let direct = unsafe instructions.functions.pointee.convolutions.0 else {
      preconditionFailure("every instruction set has direct convolutions")
    }
    let convolution = unsafe Convolution(
      parameters,
      weights: request.weights,
      bias: bias,
      multipliers: multipliers,
      kernel: direct
    )
    reserveScratch(max(convolution.scratchByteCount, padded.reduce(1, *) + 64))
    return convolution
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
    for channel in 0..<request.outputChannels {
      let bias = request.bias.isEmpty ? 0 : Int64(request.bias[channel])
      var sum: Int64 = 0
      var magnitude: Int64 = 0
      for index in channel * channelWeights..<(channel + 1) * channelWeights {
        sum += Int64(request.weights[index])
        magnitude += Int64(request.weights[index].magnitude)
      }
      guard abs(bias) + magnitude * largest <= Int64(Int32.max) else {
        throw node.failure(.accumulatorOverflow(channel: channel))
      }
      // May wrap; adding the raw bytes' products wraps back.
      folded.append(Int32(truncatingIfNeeded: bias - inputZero * sum))
    }
    return folded
  }
}
