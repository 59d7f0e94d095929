import Glibc

extension PlanBuilder {
  /// Add of two values; the smaller is repeated until the shapes are equal.
  mutating func addAddition(_ node: ONNXNode) throws(NetworkError) {
    try node.requireInputs(2...2)
    let a = try quantizedOperand(node, 0)
    let b = try quantizedOperand(node, 1)
    let rank = max(a.shape.count, b.shape.count)
    var shape: [Int] = []
    for axis in -rank..<0 {
      func size(_ tensor: PlannedTensor) -> Int {
        axis + tensor.shape.count < 0 ? 1 : tensor.shape[axis + tensor.shape.count]
      }
      shape.append(max(size(a), size(b)))
    }
    guard NetworkLimits.elementCount(shape) != nil else {
      throw node.failure(.shape(found: [a.shape, b.shape], expected: "a smaller sum"))
    }
    let operation = PendingOperation(
      node: node,
      kind: .add(try broadcast(a, to: shape, node), try broadcast(b, to: shape, node)),
      shape: shape
    )
    try define(node.outputs[0], .pending(operation))
  }

  /// Concat along any axis, each source with its own quantization.
  mutating func addConcatenation(_ node: ONNXNode) throws(NetworkError) {
    try node.requireInputs(1...NetworkLimits.concatenated)
    var sources: [PlannedTensor] = []
    for index in node.inputs.indices {
      sources.append(try quantizedOperand(node, index, keepsOrder: true))
    }
    let shapes = sources.map(\.shape)
    let axis = try normalizedAxis(node, default: 0, rank: shapes[0].count)
    var shape = shapes[0]
    shape[axis] = 0
    for other in shapes {
      var rest = other
      guard other.count == shape.count else {
        throw node.failure(.shape(found: shapes, expected: "equally many sizes"))
      }
      rest[axis] = shape[axis]
      guard rest == shape else {
        throw node.failure(.shape(found: shapes, expected: "shapes equal but for axis \(axis)"))
      }
      shape[axis] += other[axis]
    }
    let isRow = axis == shape.count - 1 && sources.allSatisfy(\.isRow)
    if !isRow {
      for index in sources.indices {
        sources[index] = try inFileOrder(sources[index], name: node.name)
      }
    }
    let isReordered = sources.contains { $0.order != nil }
    let operation = PendingOperation(
      node: node,
      kind: .concatenation(sources, axis: axis),
      shape: shape,
      order: isReordered ? sources.flatMap(\.keptImages) : nil
    )
    try define(node.outputs[0], .pending(operation))
  }

  /// Where each source of a concatenation goes.
  mutating func pieces(
    _ sources: [PlannedTensor],
    axis: Int,
    of result: PlannedTensor,
    to: Quantization,
    _ node: ONNXNode
  ) throws(NetworkError) -> [ConcatenatedPiece] {
    let stride = result.strides[axis]
    let pitch = stride * result.shape[axis]
    var offset = 0
    var pieces: [ConcatenatedPiece] = []
    for source in sources {
      guard let from = source.quantization, from.isSigned == to.isSigned else {
        throw node.failure(.quantization(found: "int8 and uint8", expected: "the same type"))
      }
      let length = stride * source.shape[axis]
      pieces.append(
        ConcatenatedPiece(
          table: from == to ? nil : Self.table(from: from, to: to),
          length: length,
          pitch: pitch,
          offset: offset
        )
      )
      offset += length
    }
    return pieces
  }

  /// Softmax along any axis.
  mutating func addSoftmax(_ node: ONNXNode) throws(NetworkError) {
    try node.requireInputs(1...1)
    let source: PlannedTensor
    switch try value(node, 0) {
    case .pending(let operation): source = try materialize(operation)
    case .reals(let tensor): source = try inFileOrder(tensor, name: node.name)
    default: source = try quantizedOperand(node, 0)
    }
    let isModern = graph.operatorVersion >= 13
    let rank = source.shape.count
    let axis = try normalizedAxis(node, default: isModern ? -1 : 1, rank: rank)
    var softmaxAxis: Int? = axis
    if !isModern, axis != rank - 1 {
      // Before version 13 everything from the axis on is one vector.
      guard source.shape[..<axis].allSatisfy({ $0 == 1 }) else {
        throw node.failure(.shape(found: [source.shape], expected: "one vector behind the axis"))
      }
      softmaxAxis = nil
    }
    if source.quantization == nil {
      let result = try emitSoftmaxToFloat(source, axis: softmaxAxis, node)
      try define(node.outputs[0], .reals(result))
    } else {
      let operation = PendingOperation(
        node: node,
        kind: .softmax(source, axis: softmaxAxis),
        shape: source.shape
      )
      try define(node.outputs[0], .pending(operation))
    }
  }

  /// Softmax with its output as floats in the file's order.
  mutating func emitSoftmaxToFloat(
    _ source: PlannedTensor,
    axis: Int?,
    _ node: ONNXNode
  ) throws(NetworkError) -> PlannedTensor {
    let reals = try materialize(source, node: node.name)
    let result = try addTensor(source.shape, .float, for: node)
    let work = Work.softmaxFloat(SoftmaxVectors(of: reals, axis: axis))
    append(work, node, from: [reals], to: result)
    return result
  }

  /// exp of every distance from the largest byte, raised so that small ones keep their precision.
  ///
  /// The common factor is the reference's: as large as leaves room for the sum of `length`.
  static func exponentials(scale: Float, length: Int) -> [Float] {
    let room = Double(log(Float.greatestFiniteMagnitude / Float(length))) - 5
    let shift = max(0, room) / Double(scale)
    return (0...255).map { byte in Float(exp((Double(byte) - 255 + shift) * Double(scale))) }
  }
}
