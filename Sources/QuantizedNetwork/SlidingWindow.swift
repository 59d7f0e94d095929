import Int8Kernels

/// The geometry of a kernel or pooling window that slides over an image.
struct SlidingWindow {
  let kernel: [Int]
  let strides: [Int]
  /// Top, left, bottom, right.
  let pads: [Int]
  let output: [Int]

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
  ) throws(NetworkError) -> (PlannedTensor, SlidingWindow, int8_window) {
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
    let parameters = int8_window(
      rows: Int32(image.shape[2]),
      columns: Int32(image.shape[3]),
      channels: Int32(image.shape[1]),
      kernel_rows: Int32(window.kernel[0]),
      kernel_columns: Int32(window.kernel[1]),
      stride_rows: Int32(window.strides[0]),
      stride_columns: Int32(window.strides[1]),
      pad_top: Int32(window.pads[0]),
      pad_left: Int32(window.pads[1]),
      output_rows: Int32(window.output[0]),
      output_columns: Int32(window.output[1]),
      output_pixel_bytes: Int32(image.shape[1]),
      count_padding: countsPadding
    )
    return (image, window, parameters)
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
    let (image, window, parameters) = try pooled(node)
    let shape = [1, image.shape[1]] + window.output
    let result = try addTensor(shape, image.encoding, for: node)
    append(.maxPool(parameters), node: node.name, from: [image.storage], to: result.storage)
    try define(node.outputs[0], .reals(result))
  }

  /// AveragePool, which needs the output's quantization.
  mutating func addAveragePool(_ node: ONNXNode) throws(NetworkError) {
    let (image, window, parameters) = try pooled(node)
    reserveScratch(image.shape[1] * 4)
    let operation = PendingOperation(
      node: node,
      kind: .averagePool(image, parameters),
      shape: [1, image.shape[1]] + window.output
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
    reserveScratch(image.shape[1] * 4)
    let operation = PendingOperation(
      node: node,
      kind: .globalAveragePool(image),
      shape: [1, image.shape[1], 1, 1]
    )
    try define(node.outputs[0], .pending(operation))
  }

  /// Makes the kernels' working memory at least this large.
  mutating func reserveScratch(_ byteCount: Int) {
    scratchByteCount = max(scratchByteCount, byteCount)
  }
}
