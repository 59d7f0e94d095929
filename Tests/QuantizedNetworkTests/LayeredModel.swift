/// Writes quantized networks layer by layer: every operator between DequantizeLinear and
/// QuantizeLinear, random weights, bytes that mean (byte - 128) / 64.
struct LayeredModel {
  private var model = ModelBytes()
  private var random: SplitMix
  private var count = 0
  /// Output scale of every value; half of it where a layer is asked for another meaning.
  private var scales: [String: Float] = [:]

  /// Whether every value gets a second reader, so that nothing can be fused or written elsewhere.
  var outputsEveryValue = false

  init(seed: UInt64) {
    random = SplitMix(seed: seed)
    model.initializers = [ModelBytes.byte("zero", 128), Self.int8("weightZero", [], [0])]
  }

  var bytes: [UInt8] { model.bytes }

  private static func int8(_ name: String, _ sizes: [Int64], _ values: [Int8]) -> [UInt8] {
    ModelBytes.tensor(name, sizes, type: 3, raw: values.map { UInt8(bitPattern: $0) })
  }

  private mutating func name(_ what: String) -> String {
    count += 1
    return "\(what)\(count)"
  }

  /// An image, or a row, that the network reads.
  mutating func input(_ sizes: [Int64]) -> String {
    let input = name("input")
    model.inputs.append(ModelBytes.port(input, sizes: [.open] + sizes.map { .fixed($0) }))
    return quantized(input, scale: 1 / 64)
  }

  /// Makes a value an output of the network, as real numbers.
  mutating func output(_ value: String) {
    let output = name("output")
    model.nodes.append(ModelBytes.node("DequantizeLinear", [value, "s" + value, "zero"], output))
    model.outputs.append(ModelBytes.port(output, sizes: []))
  }

  private mutating func quantized(_ real: String, scale: Float) -> String {
    let bytes = name("q")
    scales[bytes] = scale
    model.initializers.append(ModelBytes.scale("s" + bytes, [scale]))
    model.nodes.append(ModelBytes.node("QuantizeLinear", [real, "s" + bytes, "zero"], bytes))
    return bytes
  }

  private mutating func reals(_ bytes: String) -> String {
    let real = name("r")
    model.nodes.append(ModelBytes.node("DequantizeLinear", [bytes, "s" + bytes, "zero"], real))
    return real
  }

  /// An operator of quantized values, and what its result means.
  mutating func apply(
    _ operatorName: String,
    _ sources: [String],
    stored: [String] = [],
    scale: Float = 1 / 64,
    relu: Bool = false,
    _ attributes: [[UInt8]] = []
  ) -> String {
    var real = name("v")
    let operands = sources.map { reals($0) } + stored
    model.nodes.append(ModelBytes.node(operatorName, operands, real, attributes))
    if relu {
      model.nodes.append(ModelBytes.node("Relu", [real], real + "relu"))
      real += "relu"
    }
    let bytes = quantized(real, scale: scale)
    if outputsEveryValue { output(bytes) }
    return bytes
  }

  /// Stored weights behind DequantizeLinear; small, so that few sums saturate.
  private mutating func weights(_ sizes: [Int64]) -> String {
    let stored = name("w")
    let values = (0..<sizes.reduce(1, *)).map { _ in Int8.random(in: -60...60, using: &random) }
    let terms = Float(sizes.dropFirst().reduce(1, *))
    model.initializers += [
      Self.int8(stored, sizes, values),
      ModelBytes.scale("s" + stored, [1 / 32 / terms.squareRoot()]),
    ]
    let nodes = ModelBytes.node(
      "DequantizeLinear",
      [stored, "s" + stored, "weightZero"],
      stored + "r"
    )
    model.nodes.append(nodes)
    return stored + "r"
  }

  mutating func convolution(
    _ source: String,
    _ sizes: [Int64],
    strides: [Int64] = [1, 1],
    pads: [Int64] = [0, 0, 0, 0],
    group: Int64 = 1,
    scale: Float = 1 / 64,
    relu: Bool = false
  ) -> String {
    let attributes = [
      ModelBytes.integers("strides", strides), ModelBytes.integers("pads", pads),
      ModelBytes.integer("group", group),
    ]
    let stored = weights(sizes)
    return apply("Conv", [source], stored: [stored], scale: scale, relu: relu, attributes)
  }

  /// A product with a stored matrix of so many rows and columns.
  mutating func product(
    _ source: String,
    _ sizes: [Int64],
    isTransposed: Bool = false
  ) -> String {
    guard isTransposed else {
      let stored = weights(sizes)
      return apply("MatMul", [source], stored: [stored])
    }
    let stored = weights(sizes.reversed())
    return apply("Gemm", [source], stored: [stored], [ModelBytes.integer("transB", 1)])
  }

  mutating func maxPool(
    _ source: String,
    _ kernel: Int64 = 2,
    stride: Int64 = 2,
    pads: [Int64] = [0, 0, 0, 0],
    roundsUp: Bool = false
  ) -> String {
    apply(
      "MaxPool",
      [source],
      scale: scales[source] ?? 1,
      [
        ModelBytes.integers("kernel_shape", [kernel, kernel]),
        ModelBytes.integers("strides", [stride, stride]), ModelBytes.integers("pads", pads),
        ModelBytes.integer("ceil_mode", roundsUp ? 1 : 0),
      ]
    )
  }

  mutating func softmax(_ source: String, axis: Int64 = 1) -> String {
    apply("Softmax", [source], scale: 1 / 256, [ModelBytes.integer("axis", axis)])
  }

  mutating func concatenation(_ sources: [String], axis: Int64 = 1) -> String {
    apply("Concat", sources, [ModelBytes.integer("axis", axis)])
  }

  mutating func flatten(_ source: String) -> String {
    apply("Flatten", [source], scale: scales[source] ?? 1)
  }
}
