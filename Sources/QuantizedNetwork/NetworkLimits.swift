/// What one network may need at most; a file that needs more is refused when it is read.
enum NetworkLimits {
  /// Nodes of the graph.
  static let nodes = 4096
  /// Stored tensors, inputs and outputs of the graph, each.
  static let tensors = 16384
  /// Values that one node concatenates.
  static let concatenated = 256
  /// Sizes of one shape.
  static let rank = 6
  /// Elements of one tensor, its padding included.
  static let elements = 1 << 24
  /// Bytes of all activations, packed weights and tables.
  static let plannedBytes = 256 << 20
  /// Multiplications of one run.
  static let multiplications = 1 << 34
  /// What moving one element while planning counts as, in multiplications.
  static let multiplicationsPerMove = 64
  /// Pixels under one pooling window: their sum of bytes still fits in 32 bits.
  static let pooledPixels = 1 << 22

  /// The product of `sizes`, or nil where one is not positive or there are too many elements.
  static func elementCount(_ sizes: [Int]) -> Int? {
    guard sizes.count <= rank else { return nil }
    var count = 1
    for size in sizes {
      guard size > 0, size <= elements else { return nil }
      count *= size
      guard count <= elements else { return nil }
    }
    return count
  }
}
