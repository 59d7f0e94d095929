/// What a stored tensor's elements mean: one scale for all, or one for each index of `axis`.
struct StoredScales {
  let scales: [Float]
  /// As many as there are scales, or one for all.
  let zeroPoints: [Int32]
  let axis: Int
}

extension PlanBuilder {
  /// QuantizeLinear: says what the bytes of a value mean, and so ends a pending operation.
  mutating func addQuantize(_ node: ONNXNode) throws(NetworkError) {
    try node.requireInputs(2...3)
    let to = try quantization(of: node)
    let result: PlannedTensor
    switch try value(node, 0) {
    case .input(let index):
      result = try quantizeInput(index, to: to)
    case .stored(let tensor):
      result = try quantizeStored(tensor, to: to, node)
    case .reals(let tensor):
      result = try requantize(tensor, to: to, node)
    case .pending(let operation):
      result = try emit(operation, to: to)
    case .bytes, .storedReal:
      throw node.failure(.operand(name: node.inputs[0], expected: "real numbers"))
    }
    try define(node.outputs[0], .bytes(result))
  }

  /// DequantizeLinear: bytes seen as real numbers; nothing is computed.
  mutating func addDequantize(_ node: ONNXNode) throws(NetworkError) {
    try node.requireInputs(2...3)
    switch try value(node, 0) {
    case .bytes(let tensor):
      guard let from = tensor.quantization, try quantization(of: node) == from else {
        throw node.failure(
          .quantization(found: "other numbers than its bytes", expected: "the same scale and zero")
        )
      }
      try define(node.outputs[0], .reals(tensor))
    case .stored(let tensor):
      try define(node.outputs[0], .storedReal(tensor, try storedScales(of: tensor, node)))
    default:
      throw node.failure(.operand(name: node.inputs[0], expected: "quantized"))
    }
  }

  /// A float value's elements in the file's order.
  mutating func materialize(
    _ tensor: PlannedTensor,
    node: String
  ) throws(NetworkError) -> PlannedTensor {
    guard let from = tensor.quantization else { return tensor }
    let tensor = try inFileOrder(tensor, name: node)
    let (channels, pixels) = tensor.planes
    guard tensor.shape.count != 4 || tensor.shape[0] == 1 else {
      throw .graph(.output(name: node, reason: "has a batch of \(tensor.shape[0]), not 1"))
    }
    var real = PlannedTensor(storage: 0, shape: tensor.shape, encoding: .float)
    real = real.kept(in: try addStorage(for: real))
    let work = Work.dequantize(channels: channels, pixels: pixels, from)
    append(work, name: node, operators: ["DequantizeLinear"], from: [tensor], to: real)
    return real
  }

  /// The table that turns bytes of one meaning into bytes of another.
  static func table(from: Quantization, to: Quantization, relu: Bool = false) -> [UInt8] {
    (0...255).map { byte in
      let real = from.real(UInt8(byte))
      return to.byte(relu ? max(real, 0) : real)
    }
  }

  /// The same numbers as bytes with another meaning.
  mutating func requantize(
    _ tensor: PlannedTensor,
    to: Quantization,
    relu: Bool = false,
    _ node: ONNXNode
  ) throws(NetworkError) -> PlannedTensor {
    guard let from = tensor.quantization else {
      throw node.failure(.operand(name: node.inputs[0], expected: "computed from quantized values"))
    }
    if from == to, !relu { return tensor }
    let result = try addTensor(tensor.shape, .quantized(to), order: tensor.order, for: node)
    let work = Work.lookUp(table: Self.table(from: from, to: to, relu: relu))
    append(work, node, from: [tensor], to: result)
    return result
  }

  private mutating func quantizeInput(
    _ index: Int,
    to quantization: Quantization
  ) throws(NetworkError) -> PlannedTensor {
    let input = plan.inputs[index]
    func tensor(_ storage: Int) -> PlannedTensor {
      PlannedTensor(storage: storage, shape: input.shape, encoding: .quantized(quantization))
    }
    if let copy = input.copies.first(where: { $0.quantization == quantization }) {
      return tensor(copy.storage)
    }
    let storage = try addStorage(for: tensor(0), isPinned: true)
    let (channels, pixels) = tensor(storage).planes
    let copy = PlannedInput.Copy(
      storage: storage,
      channels: channels,
      pixels: pixels,
      quantization: quantization
    )
    plan.inputs[index] = PlannedInput(
      shape: input.shape,
      floatStorage: input.floatStorage,
      copies: input.copies + [copy]
    )
    return tensor(storage)
  }

  private mutating func quantizeStored(
    _ stored: StoredTensor,
    to: Quantization,
    _ node: ONNXNode
  ) throws(NetworkError) -> PlannedTensor {
    guard case .float(let reals) = stored.elements else {
      throw node.failure(.operand(name: node.inputs[0], expected: "real numbers"))
    }
    return try preload(reals.map(to.byte), shape: stored.shape, to)
  }

  /// A stored operand as a value of the plan; `bytes` are in the file's order.
  mutating func preload(
    _ bytes: [UInt8],
    shape: [Int],
    _ quantization: Quantization
  ) throws(NetworkError) -> PlannedTensor {
    var tensor = PlannedTensor(storage: 0, shape: shape, encoding: .quantized(quantization))
    tensor = tensor.kept(in: try addStorage(for: tensor, isPinned: true))
    let fileStrides = PlannedTensor(storage: 0, shape: shape, encoding: .float).strides
    let axes = tensor.keptAxes
    let kept = Movement.rearranged(
      bytes,
      shape: axes.map { shape[$0] },
      strides: axes.map { fileStrides[$0] }
    )
    plan.preloaded.append((storage: tensor.storage, bytes: kept))
    return tensor
  }

  /// The single scale and zero point of a QuantizeLinear or DequantizeLinear.
  private func quantization(of node: ONNXNode) throws(NetworkError) -> Quantization {
    guard case .stored(let scaleTensor) = try value(node, 1),
      case .float(let scales) = scaleTensor.elements, scales.count == 1
    else {
      throw node.failure(.operand(name: node.inputs[1], expected: "one stored scale"))
    }
    try check(scales, node)
    guard node.inputs.count == 3 else {
      return Quantization(scale: scales[0], zeroPoint: 0, isSigned: false)
    }
    guard case .stored(let zeroTensor) = try value(node, 2) else {
      throw node.failure(.operand(name: node.inputs[2], expected: "one stored zero point"))
    }
    switch zeroTensor.elements {
    case .uint8(let zeros) where zeros.count == 1:
      return Quantization(scale: scales[0], zeroPoint: Int32(zeros[0]), isSigned: false)
    case .int8(let zeros) where zeros.count == 1:
      return Quantization(scale: scales[0], zeroPoint: Int32(zeros[0]), isSigned: true)
    default:
      throw node.failure(.operand(name: node.inputs[2], expected: "one int8 or uint8"))
    }
  }

  /// The scales of stored bytes or of a stored bias.
  private func storedScales(
    of tensor: StoredTensor,
    _ node: ONNXNode
  ) throws(NetworkError) -> StoredScales {
    guard case .stored(let scaleTensor) = try value(node, 1),
      case .float(let scales) = scaleTensor.elements
    else {
      throw node.failure(.operand(name: node.inputs[1], expected: "stored scales"))
    }
    try check(scales, node)
    try node.require("block_size", is: 0)
    var axis = try node.integer("axis", default: 1)
    if axis < 0 { axis += tensor.shape.count }
    let isPerAxis = scales.count > 1
    guard !isPerAxis || (tensor.shape.indices.contains(axis) && tensor.shape[axis] == scales.count)
    else {
      throw node.failure(
        .shape(
          found: [tensor.shape, [scales.count]],
          expected: "a scale for each index of an axis"
        )
      )
    }
    let zeroPoints = try storedZeroPoints(node)
    guard zeroPoints.count == 1 || zeroPoints.count == scales.count else {
      throw node.failure(
        .shape(
          found: [[scales.count], [zeroPoints.count]],
          expected: "a zero point for each scale"
        )
      )
    }
    return StoredScales(scales: scales, zeroPoints: zeroPoints, axis: isPerAxis ? axis : 0)
  }

  private func check(_ scales: [Float], _ node: ONNXNode) throws(NetworkError) {
    for scale in scales where !(scale.isFinite && scale >= Float.leastNormalMagnitude) {
      throw node.failure(.quantization(found: "scale \(scale)", expected: "a positive scale"))
    }
  }

  /// The zero points of a stored tensor, 0 where none are given.
  private func storedZeroPoints(_ node: ONNXNode) throws(NetworkError) -> [Int32] {
    guard node.inputs.count == 3 else { return [0] }
    guard case .stored(let zeros) = try value(node, 2) else {
      throw node.failure(.operand(name: node.inputs[2], expected: "stored zero points"))
    }
    switch zeros.elements {
    case .int8(let values): return values.map(Int32.init)
    case .uint8(let values): return values.map(Int32.init)
    case .int32(let values): return values
    default: throw node.failure(.operand(name: node.inputs[2], expected: "whole numbers"))
    }
  }
}
