/// How values that are only moved are moved: one index for each element.
enum Movement {
  /// Where each element, counted in the file's order, is kept.
  static func places(of tensor: PlannedTensor) -> [Int] {
    places(shape: tensor.shape, strides: tensor.strides)
  }

  /// The sum of index times stride for every index of `shape`, the last axis innermost.
  static func places(shape: [Int], strides: [Int]) -> [Int] {
    var places = [0]
    for (size, stride) in zip(shape, strides) {
      var next: [Int] = []
      next.reserveCapacity(places.count * size)
      for place in places {
        for index in 0..<size { next.append(place + index * stride) }
      }
      places = next
    }
    return places
  }
}

extension PlanBuilder {
  /// The same elements, in the file's order, under another shape.
  mutating func reshape(
    _ tensor: PlannedTensor,
    to shape: [Int],
    _ node: ONNXNode
  ) throws(NetworkError) -> PlannedTensor {
    guard NetworkLimits.elementCount(shape) == tensor.elementCount else {
      throw node.failure(.shape(found: [tensor.shape, shape], expected: "equally many elements"))
    }
    let result = PlannedTensor(storage: tensor.storage, shape: shape, encoding: tensor.encoding)
    if tensor.isInFileOrder, result.isInFileOrder { return result }
    try count(multiplications: [tensor.elementCount, NetworkLimits.multiplicationsPerMove])
    return try move(tensor, places: Movement.places(of: tensor), shape: shape, node)
  }

  /// The axes in another order.
  mutating func transpose(
    _ tensor: PlannedTensor,
    _ permutation: [Int],
    _ node: ONNXNode
  ) throws(NetworkError) -> PlannedTensor {
    let shape = permutation.map { tensor.shape[$0] }
    let strides = permutation.map { tensor.strides[$0] }
    try count(multiplications: [tensor.elementCount, NetworkLimits.multiplicationsPerMove])
    let places = Movement.places(shape: shape, strides: strides)
    return try move(tensor, places: places, shape: shape, node)
  }

  /// Repeats elements along axes of size 1 until the shape is `shape`.
  mutating func broadcast(
    _ tensor: PlannedTensor,
    to shape: [Int],
    _ node: ONNXNode
  ) throws(NetworkError) -> PlannedTensor {
    let missing = shape.count - tensor.shape.count
    guard missing >= 0 else {
      throw node.failure(.shape(found: [tensor.shape, shape], expected: "shapes that broadcast"))
    }
    if tensor.shape == shape { return tensor }
    var strides = [Int](repeating: 0, count: missing)
    for (axis, size) in tensor.shape.enumerated() {
      guard size == shape[missing + axis] || size == 1 else {
        throw node.failure(.shape(found: [tensor.shape, shape], expected: "shapes that broadcast"))
      }
      strides.append(size == 1 ? 0 : tensor.strides[axis])
    }
    try count(multiplications: shape + [NetworkLimits.multiplicationsPerMove])
    let places = Movement.places(shape: shape, strides: strides)
    return try move(tensor, places: places, shape: shape, node)
  }

  /// A value whose elements, in the file's order, are those of `tensor` at `places`.
  private mutating func move(
    _ tensor: PlannedTensor,
    places: [Int],
    shape: [Int],
    _ node: ONNXNode
  ) throws(NetworkError) -> PlannedTensor {
    var result = PlannedTensor(storage: tensor.storage, shape: shape, encoding: tensor.encoding)
    var indices = [Int32](repeating: 0, count: places.count)
    for (place, source) in zip(Movement.places(of: result), places) {
      indices[place] = Int32(source)
    }
    let isInPlace =
      places.count == tensor.elementCount
      && indices.indices.allSatisfy { indices[$0] == Int32($0) }
    if isInPlace { return result }
    guard tensor.quantization != nil else {
      throw node.failure(.operand(name: node.inputs[0], expected: "quantized"))
    }
    try count(bytes: indices.count * 4)
    result = try addTensor(shape, tensor.encoding, for: node)
    let work = Work.gather(indices: indices)
    append(work, node: node.name, from: [tensor.storage], to: result.storage)
    return result
  }
}
