/// Writes ONNX files field by field, so that tests can write damaged ones.
struct ModelBytes {
  /// A dimension: a size, or a name where it is left open.
  enum Size {
    case fixed(Int64)
    case open
  }

  var nodes: [[UInt8]] = []
  var initializers: [[UInt8]] = []
  var inputs: [[UInt8]] = []
  var outputs: [[UInt8]] = []
  var operatorVersions: [Int64] = [17]

  /// The smallest network: x, quantized, convolved with 3 kernels of 3 x 3, quantized: y.
  static func convolution() -> ModelBytes {
    var model = ModelBytes()
    model.inputs = [port("x", sizes: [.open, .fixed(2), .fixed(4), .fixed(4)])]
    model.outputs = [port("y", sizes: [])]
    model.initializers = [
      scale("sx", [0.5]), byte("zx", 3), scale("sy", [0.25]), byte("zy", 0),
      scale("sw", [1, 2, 3]), tensor("zw", [3], type: 3, raw: [0, 0, 0]),
      tensor("w", [3, 2, 3, 3], type: 3, raw: (0..<54).map { UInt8($0) }),
      scale("sb", [0.5, 1, 1.5]),
      tensor("b", [3], type: 6, raw: [UInt8](repeating: 0, count: 12)),
    ]
    model.nodes = [
      node("QuantizeLinear", ["x", "sx", "zx"], "xq"),
      node("DequantizeLinear", ["xq", "sx", "zx"], "xr"),
      node("DequantizeLinear", ["w", "sw", "zw"], "wr", [integer("axis", 0)]),
      node("DequantizeLinear", ["b", "sb"], "br", [integer("axis", 0)]),
      node("Conv", ["xr", "wr", "br"], "c", [integers("pads", [1, 1, 1, 1])]),
      node("Relu", ["c"], "r"),
      node("QuantizeLinear", ["r", "sy", "zy"], "rq"),
      node("DequantizeLinear", ["rq", "sy", "zy"], "y"),
    ]
    return model
  }

  /// The whole file.
  var bytes: [UInt8] {
    var graph: [UInt8] = []
    for node in nodes { graph += Self.field(1, node) }
    for initializer in initializers { graph += Self.field(5, initializer) }
    for input in inputs { graph += Self.field(11, input) }
    for output in outputs { graph += Self.field(12, output) }
    var model = Self.field(1, 9) + Self.field(7, graph)
    for version in operatorVersions { model += Self.field(8, Self.field(2, version)) }
    return model
  }

  static func node(
    _ operatorName: String,
    _ inputs: [String],
    _ output: String,
    _ attributes: [[UInt8]] = []
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for input in inputs { bytes += field(1, Array(input.utf8)) }
    bytes += field(2, Array(output.utf8)) + field(4, Array(operatorName.utf8))
    for attribute in attributes { bytes += field(5, attribute) }
    return bytes
  }

  static func integer(_ name: String, _ value: Int64) -> [UInt8] {
    field(1, Array(name.utf8)) + field(3, value) + field(20, 2)
  }

  static func integers(_ name: String, _ values: [Int64]) -> [UInt8] {
    values.reduce(field(1, Array(name.utf8))) { $0 + field(8, $1) } + field(20, 7)
  }

  static func tensor(_ name: String, _ sizes: [Int64], type: Int64, raw: [UInt8]) -> [UInt8] {
    let dims = sizes.reduce([UInt8]()) { $0 + field(1, $1) }
    return dims + field(2, type) + field(8, Array(name.utf8)) + field(9, raw)
  }

  static func scale(_ name: String, _ values: [Float]) -> [UInt8] {
    let raw = values.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
    }
    return tensor(name, values.count == 1 ? [] : [Int64(values.count)], type: 1, raw: raw)
  }

  static func byte(_ name: String, _ value: UInt8) -> [UInt8] {
    tensor(name, [], type: 2, raw: [value])
  }

  static func port(_ name: String, sizes: [Size], type: Int64 = 1) -> [UInt8] {
    var shape: [UInt8] = []
    for size in sizes {
      switch size {
      case .fixed(let value): shape += field(1, field(1, value))
      case .open: shape += field(1, field(2, Array("batch".utf8)))
      }
    }
    let tensorType = field(1, type) + field(2, shape)
    return field(1, Array(name.utf8)) + field(2, field(1, tensorType))
  }

  private static func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
  }

  private static func field(_ number: UInt64, _ value: Int64) -> [UInt8] {
    varint(number << 3) + varint(UInt64(bitPattern: value))
  }

  private static func varint(_ value: UInt64) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
