import QuantizedNetwork
import Testing

@Suite struct NetworkTests {
  @Test func `an input says how its bytes are kept, and takes them directly`() throws {
    let file = try GoldenNetwork.model("spectra-u8")
    let item = try GoldenNetwork.load("spectra-u8").cases[0]
    let network = try Network(onnx: file)
    let image = try #require(network.inputs.firstIndex { $0.name == "image" })
    let layout = try #require(network.quantizedLayout(ofInput: image))
    #expect(layout.channels == 3 && layout.rows == 85 && layout.columns == 85)
    #expect(layout.byteCount == 3 * 85 * 85 && !layout.isSigned)
    let reals = try #require(item.inputs["image"]).map { (Float($0) - 128) / 64 }
    try network.write("image", reals)
    try network.write("aux", try #require(item.inputs["aux"]).map { (Float($0) - 128) / 64 })
    network.run()
    let expected = network.read(0)

    let other = try Network(onnx: file)
    try other.write("aux", try #require(item.inputs["aux"]).map { (Float($0) - 128) / 64 })
    other.writeQuantizedInput(image) { fill(&$0, reals, layout) }
    other.run()
    #expect(other.read(0) == expected)
  }

  @Test func `signed bytes are written as the file means them`() throws {
    let network = try Network(onnx: GoldenNetwork.model("strides-and-pads-s8"))
    let layout = try #require(network.quantizedLayout(ofInput: 0))
    #expect(layout.isSigned)
    let item = try GoldenNetwork.load("strides-and-pads-s8").cases[0]
    let reals = try #require(item.inputs["image"]).map { (Float($0) - 128) / 64 }
    network.writeQuantizedInput(0) { fill(&$0, reals, layout) }
    network.run()
    #expect(network.read(0) == (try #require(item.outputs[network.outputs[0].name])).floats)
  }

  @Test func `the same inputs give the same outputs, run after run`() throws {
    let network = try Network(onnx: GoldenNetwork.model("residual-u8"))
    try network.write("image", (0..<363).map { Float($0 % 11) / 5 - 1 })
    network.run()
    let first = network.read(0)
    network.run()
    #expect(network.read(0) == first)
    #expect(abs(first.reduce(0, +) - 1) < 0.05)
  }

  @Test func `values that are never needed together share memory`() throws {
    let network = try Network(onnx: GoldenNetwork.model("spectra-quarter-u8"))
    // 83 x 83 x 16 and 81 x 81 x 32 bytes at once, both forms of the input, and the scratch.
    #expect(network.arenaByteCount < 1_000_000)
  }

  /// Writes reals in the file's order as quantized bytes in the network's layout.
  private func fill(
    _ bytes: inout MutableSpan<UInt8>,
    _ reals: [Float],
    _ layout: QuantizedLayout
  ) {
    let range: ClosedRange<Float> = layout.isSigned ? -128...127 : 0...255
    for channel in 0..<layout.channels {
      for row in 0..<layout.rows {
        for column in 0..<layout.columns {
          let real = reals[(channel * layout.rows + row) * layout.columns + column]
          let step = (real / layout.scale).rounded(.toNearestOrEven) + Float(layout.zeroPoint)
          let number = Int(min(max(step, range.lowerBound), range.upperBound))
          let place =
            channel * layout.channelStride + row * layout.rowStride
            + column * layout.columnStride
          bytes[place] = UInt8(truncatingIfNeeded: number)
        }
      }
    }
  }
}
