/// A float operator that waits for the quantization of its output.
struct PendingOperation {
  enum Kind {
    case convolution(ConvolutionRequest)
    case averagePool(PlannedTensor, PlannedPool)
    case globalAveragePool(PlannedTensor)
    case add(PlannedTensor, PlannedTensor)
    /// Along one axis, or over all elements where there is none.
    case softmax(PlannedTensor, axis: Int?)
    case concatenation([PlannedTensor], axis: Int)
  }

  let node: ONNXNode
  let kind: Kind
  let shape: [Int]
  /// Whether negative results become zero.
  var relu = false
  /// The order in which the elements of a row are kept where it is not the file's.
  var order: [FlattenedImage]?
}

extension PlanBuilder {
  /// Runs a pending operation with its output as bytes of the given meaning.
  mutating func emit(
    _ operation: PendingOperation,
    to: Quantization
  ) throws(NetworkError) -> PlannedTensor {
    let node = operation.node
    if case .convolution(let request) = operation.kind {
      return try emit(request, to: to, relu: operation.relu, node)
    }
    let result = try addTensor(operation.shape, .quantized(to), order: operation.order, for: node)
    let (sources, work) = try work(of: operation, to: to, result: result)
    append(work, node, fused: operation.relu ? ["Relu"] : [], from: sources, to: result)
    return result
  }

  private mutating func work(
    of operation: PendingOperation,
    to: Quantization,
    result: PlannedTensor
  ) throws(NetworkError) -> (sources: [PlannedTensor], Work) {
    let node = operation.node
    func from(_ tensor: PlannedTensor) throws(NetworkError) -> Quantization {
      guard let from = tensor.quantization, from.isSigned == to.isSigned else {
        throw node.failure(
          .quantization(found: "int8 and uint8", expected: "the same type in input and output")
        )
      }
      return from
    }
    switch operation.kind {
    case .averagePool(let source, let pool):
      return ([source], .averagePool(pool, from: try from(source), to: to))
    case .globalAveragePool(let source):
      let (channels, pixels) = source.planes
      let quantization = try from(source)
      let scale = quantization.scale / (to.scale * Float(pixels))
      guard scale >= 0x1p-32, scale < 256 else {
        throw node.failure(.quantization(found: "a ratio of \(scale)", expected: "2^-32 to 256"))
      }
      return (
        [source],
        .globalAveragePool(pixels: pixels, channels: channels, from: quantization, to: to)
      )
    case .add(let a, let b):
      let work = Work.add(
        try from(a),
        try from(b),
        to: to,
        relu: operation.relu
      )
      return ([a, b], work)
    case .softmax(let source, let axis):
      let vectors = SoftmaxVectors(of: source, axis: axis)
      let exponentials = Self.exponentials(scale: try from(source).scale, length: vectors.length)
      return ([source], .softmax(vectors, exponentials: exponentials, to: to))
    case .concatenation(let sources, let axis):
      return (sources, .concatenate(try pieces(sources, axis: axis, of: result, to: to, node)))
    case .convolution:
      preconditionFailure("convolutions are emitted by themselves")
    }
  }

  /// Runs a pending operation with its output as floats.
  mutating func materialize(_ operation: PendingOperation) throws(NetworkError) -> PlannedTensor {
    let node = operation.node
    switch operation.kind {
    case .convolution(let request):
      return try emitToFloat(request, relu: operation.relu, node)
    case .softmax(let source, let axis):
      return try emitSoftmaxToFloat(source, axis: axis, node)
    default:
      throw node.failure(.operand(name: node.outputs[0], expected: "quantized by the next node"))
    }
  }
}
