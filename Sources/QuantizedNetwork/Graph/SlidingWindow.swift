/// The geometry of a kernel or pooling window that slides over an image.
struct SlidingWindow {
  let kernel: [Int]
  let strides: [Int]
  /// Top, left, bottom, right.
  let pads: [Int]
  let output: [Int]

  /// A window of one pixel over `rows` rows of one column.
  init(rows: Int) {
    (kernel, strides, pads, output) = ([1, 1], [1, 1], [0, 0, 0, 0], [rows, 1])
  }

  /// Reads the attributes of Conv, MaxPool or AveragePool for an image of `image` rows and columns.
  init(_ node: ONNXNode, image: [Int], weights: [Int]? = nil) throws(NetworkError) {
    let sizes = 1...NetworkLimits.elements
    guard let kernel = try node.integers("kernel_shape", count: 2, in: sizes) ?? weights else {
      throw node.failure(
        .attribute(name: "kernel_shape", found: "missing", expected: "rows and columns")
      )
    }
    if let weights, weights != kernel {
      throw node.failure(
        .shape(found: [weights, kernel], expected: "weights of the kernel's size")
      )
    }
    let dilations = try node.integers("dilations", count: 2, in: sizes) ?? [1, 1]
    guard dilations == [1, 1] else {
      throw node.failure(.attribute(name: "dilations", found: "\(dilations)", expected: "[1, 1]"))
    }
    self.kernel = kernel
    strides = try node.integers("strides", count: 2, in: sizes) ?? [1, 1]
    let pads = try Self.pads(node, image: image, kernel: kernel, strides: strides)
    let roundsUp = try node.integer("ceil_mode", default: 0) != 0
    var output: [Int] = []
    for axis in 0..<2 {
      let padded = image[axis] + pads[axis] + pads[axis + 2]
      guard padded >= kernel[axis] else {
        throw node.failure(
          .shape(found: [image, kernel, pads], expected: "a kernel that fits the padded image")
        )
      }
      let travel = padded - kernel[axis] + (roundsUp ? strides[axis] - 1 : 0)
      var count = travel / strides[axis] + 1
      // A window that would begin behind the image and its leading padding does not exist.
      if roundsUp, (count - 1) * strides[axis] >= image[axis] + pads[axis] { count -= 1 }
      output.append(count)
    }
    self.pads = pads
    self.output = output
  }

  /// The part of an image that `output`, the top left part of the output, is computed from.
  func extent(for output: Extent, of image: Extent) -> Extent {
    func size(_ axis: Int, _ count: Int, _ whole: Int) -> Int {
      min(whole, max(1, (count - 1) * strides[axis] + kernel[axis] - pads[axis]))
    }
    return Extent(
      rows: size(0, output.rows, image.rows),
      columns: size(1, output.columns, image.columns)
    )
  }

  private static func pads(
    _ node: ONNXNode,
    image: [Int],
    kernel: [Int],
    strides: [Int]
  ) throws(NetworkError) -> [Int] {
    let given = try node.integers("pads", count: 4, in: 0...NetworkLimits.elements)
    let mode = try node.text("auto_pad", default: "NOTSET")
    switch mode {
    case "NOTSET", "": return given ?? [0, 0, 0, 0]
    case "VALID": return [0, 0, 0, 0]
    case "SAME_UPPER", "SAME_LOWER":
      var pads = [0, 0, 0, 0]
      for axis in 0..<2 {
        let outputs = (image[axis] + strides[axis] - 1) / strides[axis]
        let total = max(0, (outputs - 1) * strides[axis] + kernel[axis] - image[axis])
        pads[axis] = mode == "SAME_UPPER" ? total / 2 : total - total / 2
        pads[axis + 2] = total - pads[axis]
      }
      return pads
    default:
      throw node.failure(
        .attribute(name: "auto_pad", found: mode, expected: "NOTSET, VALID or SAME_…")
      )
    }
  }
}

extension PlanBuilder {
  /// The image that a pooling operator reads, and its window.
  private mutating func pooled(
    _ node: ONNXNode
  ) throws(NetworkError) -> (PlannedTensor, PlannedPool) {
    try node.requireInputs(1...1)
    let image = try self.image(node)
    let window = try SlidingWindow(node, image: Array(image.shape[2...]))
    for axis in 0..<2 {
      guard window.pads[axis] < window.kernel[axis],
        window.pads[axis + 2] < window.kernel[axis]
      else {
        throw node.failure(
          .attribute(
            name: "pads",
            found: "\(window.pads)",
            expected: "less than the kernel \(window.kernel)"
          )
        )
      }
    }
    let count = window.kernel[0] * window.kernel[1]
    guard count <= NetworkLimits.pooledPixels else {
      throw node.failure(.shape(found: [window.kernel], expected: "a smaller window"))
    }
    try self.count(multiplications: window.output + window.kernel + [image.shape[1]])
    let countsPadding = try node.integer("count_include_pad", default: 0) != 0
    let pool = PlannedPool(
      image: image.extent,
      channels: image.shape[1],
      window: window,
      countsPadding: countsPadding
    )
    return (image, pool)
  }

  /// The operand 0 as an image of batch 1.
  mutating func image(_ node: ONNXNode) throws(NetworkError) -> PlannedTensor {
    let image = try quantizedOperand(node, 0)
    guard image.shape.count == 4, image.shape[0] == 1 else {
      throw node.failure(.shape(found: [image.shape], expected: "[1, channels, rows, columns]"))
    }
    return image
  }

  /// MaxPool: the largest byte is that of the largest number.
  mutating func addMaxPool(_ node: ONNXNode) throws(NetworkError) {
    let (image, pool) = try pooled(node)
    let shape = [1, image.shape[1]] + pool.window.output
    let result = try addTensor(shape, image.encoding, for: node)
    append(.maxPool(pool), node, from: [image], to: result)
    try define(node.outputs[0], .reals(result))
  }

  /// AveragePool, which needs the output's quantization.
  mutating func addAveragePool(_ node: ONNXNode) throws(NetworkError) {
    let (image, pool) = try pooled(node)
    let operation = PendingOperation(
      node: node,
      kind: .averagePool(image, pool),
      shape: [1, image.shape[1]] + pool.window.output
    )
    try define(node.outputs[0], .pending(operation))
  }

  /// GlobalAveragePool, which needs the output's quantization.
  mutating func addGlobalAveragePool(_ node: ONNXNode) throws(NetworkError) {
    try node.requireInputs(1...1)
    let image = try self.image(node)
    guard image.shape[2] * image.shape[3] <= NetworkLimits.pooledPixels else {
      throw node.failure(.shape(found: [image.shape], expected: "a smaller image"))
    }
    let operation = PendingOperation(
      node: node,
      kind: .globalAveragePool(image),
      shape: [1, image.shape[1], 1, 1]
    )
    try define(node.outputs[0], .pending(operation))
  }
}
