import QuantizedNetwork
import Testing

/// A network of few pixels, and which of its input's rows and columns are told to be read.
struct RegionCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let size: Int64
  /// Rows, or columns, that can reach an output.
  let read: Int
  let layers: @Sendable (inout LayeredModel, String) -> [String]

  static let all: [RegionCase] = [
    RegionCase(testDescription: "a pool that leaves a row over", size: 9, read: 8) {
      [$0.maxPool($0.convolution($1, [4, 2, 1, 1]))]
    },
    RegionCase(testDescription: "two convolutions and two pools", size: 13, read: 12) {
      let first = $0.maxPool($0.convolution($1, [8, 2, 3, 3], relu: true))
      return [$0.maxPool($0.convolution(first, [4, 8, 2, 2]))]
    },
    RegionCase(testDescription: "strides that step over rows", size: 12, read: 6) {
      [$0.maxPool($0.convolution($1, [4, 2, 3, 3], strides: [3, 3]), 2, stride: 3)]
    },
    RegionCase(testDescription: "padding at all sides", size: 7, read: 7) {
      [$0.convolution($1, [4, 2, 3, 3], pads: [1, 1, 1, 1])]
    },
    RegionCase(testDescription: "padding that the region does not reach", size: 7, read: 7) {
      [$0.maxPool($0.convolution($1, [4, 2, 3, 3], pads: [1, 1, 1, 1]))]
    },
    RegionCase(testDescription: "padding and a large pool", size: 8, read: 4) {
      [$0.maxPool($0.convolution($1, [4, 2, 3, 3], pads: [1, 1, 1, 1]), 3, stride: 6)]
    },
    RegionCase(testDescription: "a pool that rounds up", size: 9, read: 9) {
      [$0.maxPool($0.convolution($1, [4, 2, 1, 1]), roundsUp: true)]
    },
    RegionCase(testDescription: "a branch that reads more than the other", size: 9, read: 9) {
      let shared = $0.convolution($1, [4, 2, 1, 1])
      return [$0.maxPool(shared), shared]
    },
    RegionCase(testDescription: "branches that meet in a sum", size: 11, read: 11) {
      let a = $0.convolution($1, [4, 2, 3, 3], pads: [1, 1, 1, 1])
      let b = $0.convolution($1, [4, 2, 1, 1])
      return [$0.maxPool($0.apply("Add", [a, b], scale: 1 / 16))]
    },
    RegionCase(testDescription: "branches that meet in a concatenation", size: 11, read: 10) {
      let a = $0.convolution($1, [4, 2, 1, 1])
      let b = $0.convolution($1, [5, 2, 1, 1], scale: 1 / 32)
      return [$0.maxPool($0.concatenation([a, b]))]
    },
    RegionCase(testDescription: "a part that grows through very many steps", size: 9, read: 9) {
      let shared = $0.convolution($1, [4, 2, 1, 1])
      var last = shared
      for _ in 0..<100 { last = $0.apply("Relu", [last]) }
      return [$0.maxPool(last), shared]
    },
    RegionCase(testDescription: "a row of all pixels", size: 5, read: 5) {
      [$0.product($0.flatten($0.convolution($1, [3, 2, 2, 2])), [48, 6])]
    },
    RegionCase(testDescription: "a kernel that begins far outside", size: 5, read: 1) {
      [$0.maxPool($0.convolution($1, [3, 2, 3, 3], pads: [3, 3, 0, 0]), 2, stride: 8)]
    },
  ]
}

@Suite struct RegionTests {
  @Test func `of 85 x 85 pixels 76 x 76 are read, and every layer computes its part of them`()
    throws
  {
    let network = try Network(onnx: GoldenNetwork.model("spectra-quarter-u8"))
    let image = try #require(network.inputs.firstIndex { $0.name == "image" })
    let layout = try #require(network.quantizedLayout(ofInput: image))
    #expect(layout.rows == 85 && layout.columns == 85)
    #expect(layout.readRows == 76 && layout.readColumns == 76)
    let convolutions = network.explanation.filter { $0.outputShape.count == 4 }
    #expect(convolutions.map { $0.computedShape[2] } == [74, 36, 34, 16, 14, 6, 4, 1])
    #expect(convolutions.map { $0.outputShape[2] } == [83, 40, 38, 18, 16, 7, 5, 1])
  }

  @Test(arguments: RegionCase.all)
  func `exactly the pixels that can reach an output are read:`(item: RegionCase) throws {
    var model = LayeredModel(seed: 5)
    let input = model.input([2, item.size, item.size])
    for output in item.layers(&model, input) { model.output(output) }
    let network = try Network(onnx: model.bytes)
    let layout = try #require(network.quantizedLayout(ofInput: 0))
    #expect(layout.readRows == item.read && layout.readColumns == item.read)

    // The oracle: change every pixel by itself and see whether an output changes.
    let size = Int(item.size)
    var random = SplitMix(seed: 7)
    let image = (0..<2 * size * size).map { _ in Float.random(in: -1...1, using: &random) }
    let expected = try outputs(of: network, image)
    var (rows, columns) = (0, 0)
    for pixel in 0..<size * size {
      for value: Float in [-2, 2] {
        var changed = image
        for channel in 0..<2 { changed[channel * size * size + pixel] = value }
        guard try outputs(of: network, changed) != expected else { continue }
        (rows, columns) = (max(rows, pixel / size + 1), max(columns, pixel % size + 1))
      }
    }
    #expect(rows == item.read && columns == item.read)
  }

  private func outputs(of network: Network, _ image: [Float]) throws -> [[Float]] {
    try network.write(network.inputs[0].name, image)
    network.run()
    return network.outputs.indices.map { network.read($0) }
  }
}
