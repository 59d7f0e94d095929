extension PlanBuilder {
  /// Plans one node, or refuses it by name.
  mutating func add(_ node: ONNXNode) throws(NetworkError) {
    guard ONNXNode.isStandard(domain: node.domain) else {
      throw node.failure(.unsupportedOperator(domain: node.domain))
    }
    switch node.operatorName {
    case "Constant": try addConstant(node)
    case "QuantizeLinear": try addQuantize(node)
    case "DequantizeLinear": try addDequantize(node)
    case "Conv": try addConvolution(node)
    case "Gemm": try addGemm(node)
    case "MatMul": try addMatMul(node)
    case "MaxPool": try addMaxPool(node)
    case "AveragePool": try addAveragePool(node)
    case "GlobalAveragePool": try addGlobalAveragePool(node)
    case "Relu": try addRelu(node)
    case "Softmax": try addSoftmax(node)
    case "Add": try addAddition(node)
    case "Concat": try addConcatenation(node)
    case "Flatten": try addFlatten(node)
    case "Reshape": try addReshape(node)
    case "Transpose": try addTranspose(node)
    case "Identity":
      try node.requireInputs(1...1)
      try define(node.outputs[0], try value(node, 0))
    default: throw node.failure(.unsupportedOperator(domain: node.domain))
    }
  }

  /// The quantized value behind an operand of a float operator.
  ///
  /// Its elements are in the file's order unless the operator can use another one.
  mutating func quantizedOperand(
    _ node: ONNXNode,
    _ index: Int,
    keepsOrder: Bool = false
  ) throws(NetworkError) -> PlannedTensor {
    switch try value(node, index) {
    case .reals(let tensor) where tensor.quantization != nil:
      return keepsOrder ? tensor : try inFileOrder(tensor, name: node.name)
    case .storedReal(let stored, let scales):
      return try storedOperand(stored, scales, node, index)
    default:
      throw node.failure(
        .operand(name: node.inputs[index], expected: "the output of DequantizeLinear")
      )
    }
  }

  private mutating func storedOperand(
    _ stored: StoredTensor,
    _ scales: StoredScales,
    _ node: ONNXNode,
    _ index: Int
  ) throws(NetworkError) -> PlannedTensor {
    let expected = "int8 or uint8 with one scale"
    guard scales.scales.count == 1, let zeroPoint = scales.zeroPoints.first else {
      throw node.failure(.operand(name: node.inputs[index], expected: expected))
    }
    func quantization(_ range: ClosedRange<Int32>) throws(NetworkError) -> Quantization {
      guard range.contains(zeroPoint) else {
        throw node.failure(.quantization(found: "zero \(zeroPoint)", expected: "\(range)"))
      }
      return Quantization(
        scale: scales.scales[0],
        zeroPoint: zeroPoint,
        isSigned: range.lowerBound < 0
      )
    }
    switch stored.elements {
    case .int8(let values):
      let bytes = values.map { UInt8(bitPattern: $0) ^ 0x80 }
      return try preload(bytes, shape: stored.shape, try quantization(-128...127))
    case .uint8(let bytes):
      return try preload(bytes, shape: stored.shape, try quantization(0...255))
    default:
      throw node.failure(.operand(name: node.inputs[index], expected: expected))
    }
  }

  private mutating func addConstant(_ node: ONNXNode) throws(NetworkError) {
    try node.requireInputs(0...0)
    try define(node.outputs[0], .stored(try node.tensor("value")))
  }

  private mutating func addRelu(_ node: ONNXNode) throws(NetworkError) {
    try node.requireInputs(1...1)
    if case .pending(var operation) = try value(node, 0) {
      switch operation.kind {
      case .convolution, .add:
        operation.relu = true
        try define(node.outputs[0], .pending(operation))
        return
      default: break
      }
    }
    let source = try quantizedOperand(node, 0, keepsOrder: true)
    // A byte below that of zero becomes it, whatever the next quantization is.
    guard let quantization = source.quantization else { return }
    let result = try requantize(source, to: quantization, relu: true, node)
    try define(node.outputs[0], .reals(result))
  }

  private mutating func addFlatten(_ node: ONNXNode) throws(NetworkError) {
    try node.requireInputs(1...1)
    let tensor = try movable(node)
    let axis = try normalizedAxis(node, default: 1, rank: tensor.shape.count, isInclusive: true)
    let shape = [
      tensor.shape[..<axis].reduce(1, *), tensor.shape[axis...].reduce(1, *),
    ]
    try define(node.outputs[0], .reals(try reshape(tensor, to: shape, node)))
  }

  private mutating func addReshape(_ node: ONNXNode) throws(NetworkError) {
    try node.requireInputs(2...2)
    let tensor = try movable(node)
    guard case .stored(let wanted) = try value(node, 1), let sizes = wanted.integers,
      sizes.count <= NetworkLimits.rank
    else {
      throw node.failure(.operand(name: node.inputs[1], expected: "a stored shape"))
    }
    let keepsZeros = try node.integer("allowzero", default: 0) != 0
    var shape: [Int] = []
    for (axis, size) in sizes.enumerated() {
      if size == 0, !keepsZeros, axis < tensor.shape.count {
        shape.append(tensor.shape[axis])
      } else {
        shape.append(Int(clamping: size))
      }
    }
    if let open = shape.firstIndex(of: -1) {
      shape[open] = 1
      if let known = NetworkLimits.elementCount(shape) {
        shape[open] = tensor.elementCount / known
      }
    }
    try define(node.outputs[0], .reals(try reshape(tensor, to: shape, node)))
  }

  private mutating func addTranspose(_ node: ONNXNode) throws(NetworkError) {
    try node.requireInputs(1...1)
    let tensor = try movable(node)
    let rank = tensor.shape.count
    let permutation =
      try node.integers("perm", count: rank, in: 0...max(0, rank - 1))
      ?? Array((0..<rank).reversed())
    guard Set(permutation).count == rank else {
      throw node.failure(
        .attribute(name: "perm", found: "\(permutation)", expected: "every axis once")
      )
    }
    try define(node.outputs[0], .reals(try transpose(tensor, permutation, node)))
  }

  /// The operand of an operator that only moves elements.
  private mutating func movable(_ node: ONNXNode) throws(NetworkError) -> PlannedTensor {
    switch try value(node, 0) {
    case .reals(let tensor): return tensor
    case .pending(let operation): return try materialize(operation)
    default:
      throw node.failure(.operand(name: node.inputs[0], expected: "computed by a node"))
    }
  }

  /// The attribute `axis` as an index; negative ones count from the end.
  func normalizedAxis(
    _ node: ONNXNode,
    default value: Int,
    rank: Int,
    isInclusive: Bool = false
  ) throws(NetworkError) -> Int {
    let given = try node.integer("axis", default: value)
    let axis = given < 0 ? given + rank : given
    guard axis >= 0, axis < rank || (isInclusive && axis == rank) else {
      throw node.failure(
        .attribute(name: "axis", found: "\(given)", expected: "an axis of \(rank) sizes")
      )
    }
    return axis
  }
}
