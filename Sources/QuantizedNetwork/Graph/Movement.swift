/// How values that are only moved are moved: one index for each element.
enum Movement {
  /// The sum of index times stride for every index of `shape`, the last axis innermost.
  static func places(shape: [Int], strides: [Int]) -> [Int32] {
    var places: [Int32] = [0]
    for (size, stride) in zip(shape, strides) {
      let (outer, step) = (places, Int32(stride))
      // SAFETY: `count` elements are initialized, one after another.
      places = unsafe [Int32](unsafeUninitializedCapacity: outer.count * size) { buffer, count in
        for place in outer {
          for index in 0..<Int32(size) {
            // SAFETY: the capacity is that of all pairs of a place and an index.
            unsafe buffer.initializeElement(at: count, to: place &+ index &* step)
            count += 1
          }
        }
      }
    }
    return places
  }

  /// The elements at the places of `shape` and `strides`.
  static func rearranged<Element: BitwiseCopyable>(
    _ elements: [Element],
    shape: [Int],
    strides: [Int]
  ) -> [Element] {
    var result: [Element] = []
    result.reserveCapacity(shape.reduce(1, *))
    append(to: &result, elements, first: 0, shape: shape, strides: strides)
    return result
  }

  /// Appends the elements at the places of `shape` and `strides` behind `first`.
  static func append<Element: BitwiseCopyable>(
    to result: inout [Element],
    _ elements: [Element],
    first: Int,
    shape: [Int],
    strides: [Int]
  ) {
    guard let length = shape.last, let stride = strides.last else {
      result.append(elements[first])
      return
    }
    let outer = places(shape: shape.dropLast(), strides: strides.dropLast())
    let span = zip(shape, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
    precondition(first >= 0 && first + span < elements.count, "moved from outside the elements")
    result.append(addingCapacity: outer.count * length) { output in
      // SAFETY: the last place was checked above, and the capacity is that of all places.
      unsafe output.withUnsafeMutableBufferPointer { destination, count in
        unsafe elements.withUnsafeBufferPointer { source in
          for place in outer {
            let start = first + Int(place)
            for index in 0..<length {
              unsafe destination.initializeElement(
                at: count + index,
                to: source[start &+ index &* stride]
              )
            }
            count += length
          }
        }
      }
    }
  }
}

extension PlanBuilder {
  /// The same elements under another shape.
  mutating func reshape(
    _ tensor: PlannedTensor,
    to shape: [Int],
    _ node: ONNXNode
  ) throws(NetworkError) -> PlannedTensor {
    guard NetworkLimits.elementCount(shape) == tensor.elementCount else {
      throw node.failure(.shape(found: [tensor.shape, shape], expected: "equally many elements"))
    }
    var result = PlannedTensor(storage: tensor.storage, shape: shape, encoding: tensor.encoding)
    if tensor.isInFileOrder, result.isInFileOrder { return result }
    if result.isRow, tensor.order != nil || tensor.shape[0] == 1 {
      // Whoever reads the row is told in which order it is kept.
      let image = FlattenedImage(channels: tensor.planes.channels, pixels: tensor.planes.pixels)
      result.order = tensor.order ?? [image]
      return result
    }
    let source = try inFileOrder(tensor, name: node.name)
    if source.isInFileOrder, result.isInFileOrder {
      return PlannedTensor(storage: source.storage, shape: shape, encoding: tensor.encoding)
    }
    return try move(source, shape: source.shape, strides: source.strides, to: shape, node)
  }

  /// The axes in another order.
  mutating func transpose(
    _ tensor: PlannedTensor,
    _ permutation: [Int],
    _ node: ONNXNode
  ) throws(NetworkError) -> PlannedTensor {
    let tensor = try inFileOrder(tensor, name: node.name)
    let shape = permutation.map { tensor.shape[$0] }
    let strides = permutation.map { tensor.strides[$0] }
    return try move(tensor, shape: shape, strides: strides, to: shape, node)
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
    return try move(tensor, shape: shape, strides: strides, to: shape, node)
  }

  /// The same row with its elements in the file's order.
  mutating func inFileOrder(
    _ tensor: PlannedTensor,
    name: String
  ) throws(NetworkError) -> PlannedTensor {
    guard let order = tensor.order else { return tensor }
    try countMove(tensor.elementCount)
    var indices: [Int32] = []
    for image in order {
      let first = Int32(indices.count)
      let places = Movement.places(
        shape: [image.channels, image.pixels],
        strides: [1, image.channels]
      )
      indices += places.map { $0 + first }
    }
    try count(bytes: indices.count * 4)
    var result = PlannedTensor(storage: 0, shape: tensor.shape, encoding: tensor.encoding)
    result = result.kept(in: try addStorage(for: result))
    let work = Work.gather(indices: indices)
    append(work, name: name, operators: ["Flatten"], from: [tensor], to: result)
    return result
  }

  private mutating func countMove(_ elementCount: Int) throws(NetworkError) {
    try count(multiplications: [elementCount, NetworkLimits.multiplicationsPerMove])
  }

  /// A value whose elements, in the file's order, are those of `tensor` at the places of `shape`
  /// and `strides`.
  private mutating func move(
    _ tensor: PlannedTensor,
    shape: [Int],
    strides: [Int],
    to newShape: [Int],
    _ node: ONNXNode
  ) throws(NetworkError) -> PlannedTensor {
    try countMove(shape.reduce(1, *))
    let result = PlannedTensor(storage: tensor.storage, shape: newShape, encoding: tensor.encoding)
    let places = Movement.places(shape: shape, strides: strides)
    let destinations = Movement.places(shape: newShape, strides: result.strides)
    var indices = [Int32](repeating: 0, count: places.count)
    for (place, source) in zip(destinations, places) { indices[Int(place)] = source }
    let isInPlace =
      places.count == tensor.elementCount
      && indices.indices.allSatisfy { indices[$0] == Int32($0) }
    if isInPlace { return result }
    guard tensor.quantization != nil else {
      throw node.failure(.operand(name: node.inputs[0], expected: "quantized"))
    }
    try count(bytes: indices.count * 4)
    let moved = try addTensor(newShape, tensor.encoding, for: node)
    append(.gather(indices: indices), node, from: [tensor], to: moved)
    return moved
  }
}
