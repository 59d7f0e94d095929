import QuantizedNetwork
import Testing

/// Graphs that are within the limits and large or odd in one way: a planner that follows readers
/// and writers must neither recurse as deep as the graph nor visit a value once for each path.
@Suite struct LargeGraphTests {
  @Test func `a chain of as many nodes as are allowed`() throws {
    var model = Self.quantizedImage()
    model.nodes += (0..<4090).map { index in
      ModelBytes.node("MaxPool", ["r\(index)"], "r\(index + 1)", [Self.square("kernel_shape", 1)])
    }
    #expect(try Self.run(model, output: "r4090") == Self.image)
  }

  @Test func `a chain of convolutions, each of which crops`() throws {
    var model = Self.quantizedImage(size: 60)
    model.initializers += [
      ModelBytes.scale("sw", [1]), ModelBytes.tensor("zw", [], type: 3, raw: [0]),
      ModelBytes.tensor("w", [1, 1, 3, 3], type: 3, raw: [0, 0, 0, 0, 1, 0, 0, 0, 0]),
    ]
    model.nodes.append(ModelBytes.node("DequantizeLinear", ["w", "sw", "zw"], "wr"))
    for index in 0..<1000 {
      let pads = ModelBytes.integers("pads", [1, 1, 1, 1])
      model.nodes += [
        ModelBytes.node("Conv", ["r\(index)", "wr"], "c\(index)", [pads]),
        ModelBytes.node("QuantizeLinear", ["c\(index)", "sx", "zx"], "q\(index)"),
        ModelBytes.node("DequantizeLinear", ["q\(index)", "sx", "zx"], "r\(index + 1)"),
      ]
    }
    let crop = [Self.square("kernel_shape", 1), Self.square("strides", 59)]
    model.nodes.append(ModelBytes.node("MaxPool", ["r1000"], "y", crop))
    let image = (0..<3600).map { Float($0 % 200) / 2 }
    #expect(try Self.run(model, output: "y", image) == [0, 59, 3540, 3599].map { image[$0] })
  }

  @Test func `a value with thousands of readers`() throws {
    var model = Self.quantizedImage()
    model.nodes += (0..<4000).map { ModelBytes.node("Relu", ["r0"], "a\($0)") }
    for group in 0..<15 {
      let names = (0..<256).map { "a\(group * 256 + $0)" }
      model.nodes.append(
        ModelBytes.node("Concat", names, "b\(group)", [ModelBytes.integer("axis", 1)])
      )
      model.nodes.append(ModelBytes.node("QuantizeLinear", ["b\(group)", "sx", "zx"], "q\(group)"))
    }
    model.nodes.append(ModelBytes.node("DequantizeLinear", ["q14", "sx", "zx"], "y"))
    let found = try Self.run(model, output: "y")
    #expect(found == (0..<256).flatMap { _ in Self.image })
  }

  @Test func `a value doubled again and again`() throws {
    var model = Self.quantizedImage()
    func double(_ index: Int) {
      let axis = ModelBytes.integer("axis", Int64(index % 3 + 1))
      model.nodes += [
        ModelBytes.node("Concat", ["r\(index)", "r\(index)"], "c\(index)", [axis]),
        ModelBytes.node("QuantizeLinear", ["c\(index)", "sx", "zx"], "q\(index)"),
        ModelBytes.node("DequantizeLinear", ["q\(index)", "sx", "zx"], "r\(index + 1)"),
      ]
    }
    for index in 0..<12 { double(index) }
    let found = try Self.run(model, output: "r12")
    #expect(found.count == Self.image.count << 12)
    #expect(Set(found) == Set(Self.image))
    for index in 12..<40 { double(index) }
    #expect(throws: NetworkError.self) { try Self.run(model, output: "r40") }
  }

  /// Each value reads the one before it twice: 2^670 paths from the input to the output.
  @Test func `more paths than can be walked`() throws {
    var model = Self.quantizedImage()
    for index in 0..<670 {
      model.nodes += [
        ModelBytes.node("Relu", ["r\(index)"], "p\(index)"),
        ModelBytes.node("Add", ["r\(index)", "p\(index)"], "s\(index)"),
        ModelBytes.node("QuantizeLinear", ["s\(index)", "sy", "zx"], "q\(index)"),
        ModelBytes.node("DequantizeLinear", ["q\(index)", "sy", "zx"], "d\(index)"),
        ModelBytes.node("QuantizeLinear", ["d\(index)", "sx", "zx"], "e\(index)"),
        ModelBytes.node("DequantizeLinear", ["e\(index)", "sx", "zx"], "r\(index + 1)"),
      ]
    }
    model.initializers.append(ModelBytes.scale("sy", [1]))
    // Doubled until the byte is full: (255 - 3) / 2.
    #expect(try Self.run(model, output: "r670").allSatisfy { $0 == 0 || $0 == 126 })
  }

  /// 16 bytes of one channel.
  private static let image = (0..<16).map { Float($0 * 7) / 2 }

  private static func square(_ name: String, _ size: Int64) -> [UInt8] {
    ModelBytes.integers(name, [size, size])
  }

  /// An image "x" of one channel, quantized with the scale 1/2 and the zero 3, as "r0".
  private static func quantizedImage(size: Int64 = 4) -> ModelBytes {
    var model = ModelBytes()
    model.inputs = [
      ModelBytes.port("x", sizes: [.fixed(1), .fixed(1), .fixed(size), .fixed(size)])
    ]
    model.initializers = [ModelBytes.scale("sx", [0.5]), ModelBytes.byte("zx", 3)]
    model.nodes = [
      ModelBytes.node("QuantizeLinear", ["x", "sx", "zx"], "q"),
      ModelBytes.node("DequantizeLinear", ["q", "sx", "zx"], "r0"),
    ]
    return model
  }

  private static func run(
    _ model: ModelBytes,
    output: String,
    _ image: [Float] = image
  ) throws -> [Float] {
    var model = model
    model.outputs = [ModelBytes.port(output, sizes: [])]
    let network = try Network(onnx: model.bytes)
    try network.write("x", image)
    network.run()
    return network.read(0)
  }
}
