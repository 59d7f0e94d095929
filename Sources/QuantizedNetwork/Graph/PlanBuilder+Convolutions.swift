extension PlanBuilder {
  /// Stored int8 weights, symmetric, with a scale for each index of an axis.
  private struct Weights {
    let shape: [Int]
    let values: [Int8]
    let scales: StoredScales
  }

  /// Conv on images, in groups, with one bias for each output channel.
  mutating func addConvolution(_ node: ONNXNode) throws(NetworkError) {
    try node.requireInputs(2...3)
    let image = try image(node)
    let weights = try weights(node, 1)
    let groups = try node.integer("group", default: 1)
    let channels = image.shape[1]
    guard weights.shape.count == 4, groups >= 1, groups <= channels,
      channels % groups == 0, weights.shape[0] % groups == 0,
      weights.shape[1] == channels / groups
    else {
      throw node.failure(
        .shape(
          found: [image.shape, weights.shape],
          expected: "weights [outputs, \(channels) / groups, rows, columns] for \(groups) groups"
        )
      )
    }
    let window = try SlidingWindow(
      node,
      image: Array(image.shape[2...]),
      weights: Array(weights.shape[2...])
    )
    let outputs = weights.shape[0]
    let weightScales = try scales(weights, axis: 0, count: outputs, node)
    let request = ConvolutionRequest(
      source: image,
      outputShape: [1, outputs] + window.output,
      image: image.extent,
      channels: channels,
      groups: groups,
      window: window,
      outputChannels: outputs,
      weights: reordered(weights, axes: [0, 2, 3, 1]),
      bias: try bias(node, weightScales: weightScales, source: image),
      weightScales: weightScales
    )
    try define(
      node.outputs[0],
      .pending(
        PendingOperation(node: node, kind: .convolution(request), shape: request.outputShape)
      )
    )
  }

  /// Gemm with stored weights, either way round.
  mutating func addGemm(_ node: ONNXNode) throws(NetworkError) {
    try node.requireInputs(2...3)
    for name in ["alpha", "beta"] {
      let factor = try node.float(name, default: 1)
      guard factor == 1 else {
        throw node.failure(.attribute(name: name, found: "\(factor)", expected: "1"))
      }
    }
    try node.require("transA", is: 0)
    let isTransposed = try node.integer("transB", default: 0) != 0
    let source = try quantizedOperand(node, 0, keepsOrder: true)
    guard source.shape.count == 2 else {
      throw node.failure(.shape(found: [source.shape], expected: "[rows, elements]"))
    }
    try addProduct(node, source, isTransposed: isTransposed)
  }

  /// MatMul with stored weights on the right.
  mutating func addMatMul(_ node: ONNXNode) throws(NetworkError) {
    try node.requireInputs(2...2)
    let source = try quantizedOperand(node, 0, keepsOrder: true)
    guard (1...3).contains(source.shape.count) else {
      throw node.failure(.shape(found: [source.shape], expected: "[rows, elements]"))
    }
    try addProduct(node, source, isTransposed: false)
  }

  private mutating func addProduct(
    _ node: ONNXNode,
    _ source: PlannedTensor,
    isTransposed: Bool
  ) throws(NetworkError) {
    let weights = try weights(node, 1)
    let outputAxis = isTransposed ? 0 : 1
    guard let elements = source.shape.last, weights.shape.count == 2,
      weights.shape[1 - outputAxis] == elements
    else {
      throw node.failure(
        .shape(found: [source.shape, weights.shape], expected: "a matrix that fits the rows")
      )
    }
    let rows = source.shape.dropLast().reduce(1, *)
    let outputs = weights.shape[outputAxis]
    let weightScales = try scales(weights, axis: outputAxis, count: outputs, node)
    let request = ConvolutionRequest(
      source: source,
      outputShape: source.shape.dropLast() + [outputs],
      image: Extent(rows: rows, columns: 1),
      channels: elements,
      groups: 1,
      window: SlidingWindow(rows: rows),
      outputChannels: outputs,
      weights: productWeights(weights, isTransposed: isTransposed, source: source),
      bias: try bias(node, weightScales: weightScales, source: source),
      weightScales: weightScales
    )
    try define(
      node.outputs[0],
      .pending(
        PendingOperation(node: node, kind: .convolution(request), shape: request.outputShape)
      )
    )
  }

  private mutating func weights(
    _ node: ONNXNode,
    _ index: Int
  ) throws(NetworkError) -> Weights {
    guard case .storedReal(let stored, let scales) = try value(node, index),
      case .int8(let values) = stored.elements
    else {
      throw node.failure(
        .operand(name: node.inputs[index], expected: "stored int8 behind DequantizeLinear")
      )
    }
    for zeroPoint in scales.zeroPoints where zeroPoint != 0 {
      throw node.failure(.quantization(found: "weights' zero \(zeroPoint)", expected: "0"))
    }
    // Counted before anything is copied: many nodes may share one stored tensor.
    try count(bytes: values.count)
    return Weights(shape: stored.shape, values: values, scales: scales)
  }

  private func scales(
    _ weights: Weights,
    axis: Int,
    count: Int,
    _ node: ONNXNode
  ) throws(NetworkError) -> [Float] {
    let scales = weights.scales
    if scales.scales.count == 1 { return Array(repeating: scales.scales[0], count: count) }
    guard scales.axis == axis else {
      throw node.failure(
        .quantization(
          found: "weights with scales along axis \(scales.axis)",
          expected: "scales for output channels, axis \(axis)"
        )
      )
    }
    return scales.scales
  }

  /// The stored int32 bias; empty where there is none.
  private func bias(
    _ node: ONNXNode,
    weightScales: [Float],
    source: PlannedTensor
  ) throws(NetworkError) -> [Int32] {
    let outputs = weightScales.count
    guard node.inputs.count == 3 else { return [] }
    guard case .storedReal(let stored, let scales) = try value(node, 2),
      case .int32(let values) = stored.elements
    else {
      throw node.failure(
        .operand(name: node.inputs[2], expected: "stored int32 behind DequantizeLinear")
      )
    }
    guard stored.shape == [outputs] || stored.shape == [1, outputs] else {
      throw node.failure(.shape(found: [stored.shape], expected: "[\(outputs)]"))
    }
    for zeroPoint in scales.zeroPoints where zeroPoint != 0 {
      throw node.failure(.quantization(found: "bias zero \(zeroPoint)", expected: "0"))
    }
    // A bias is added to the sums of products, so one step of it has to be one step of them.
    let step = source.quantization?.scale ?? 1
    for channel in 0..<outputs {
      let wanted = step * weightScales[channel]
      let found = scales.scales[scales.scales.count == 1 ? 0 : channel]
      guard abs(found - wanted) <= wanted * 1e-3 else {
        throw node.failure(
          .quantization(found: "bias scale \(found)", expected: "input times weight: \(wanted)")
        )
      }
    }
    return values
  }

  /// The weights with their axes in another order.
  private func reordered(_ weights: Weights, axes: [Int]) -> [Int8] {
    var strides = [Int](repeating: 1, count: weights.shape.count)
    for axis in weights.shape.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * weights.shape[axis + 1]
    }
    return Movement.rearranged(
      weights.values,
      shape: axes.map { weights.shape[$0] },
      strides: axes.map { strides[$0] }
    )
  }

  /// A matrix as output after output, each with its weights in the order of the elements.
  private func productWeights(
    _ weights: Weights,
    isTransposed: Bool,
    source: PlannedTensor
  ) -> [Int8] {
    let outputs = weights.shape[isTransposed ? 0 : 1]
    let elements = weights.shape[isTransposed ? 1 : 0]
    let outputStride = isTransposed ? elements : 1
    let elementStride = isTransposed ? 1 : outputs
    var result: [Int8] = []
    result.reserveCapacity(outputs * elements)
    for output in 0..<outputs {
      var first = 0
      for image in source.order ?? [FlattenedImage(channels: 1, pixels: elements)] {
        Movement.append(
          to: &result,
          weights.values,
          first: output * outputStride + first * elementStride,
          shape: [image.pixels, image.channels],
          strides: [elementStride, image.pixels * elementStride]
        )
        first += image.channels * image.pixels
      }
    }
    return result
  }
}
