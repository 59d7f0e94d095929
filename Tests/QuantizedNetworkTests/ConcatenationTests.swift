import QuantizedNetwork
import Testing

/// Layers that end in one value, and the steps that they become.
struct ConcatenationCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let steps: [[String]]
  let layers: @Sendable (inout LayeredModel, String) -> [String]
}

@Suite struct ConcatenationTests {
  static let cases: [ConcatenationCase] = [
    ConcatenationCase(
      testDescription: "channels of two convolutions and a pool",
      steps: [["Conv"], ["Conv", "MaxPool"], ["Conv"]]
    ) {
      let a = $0.convolution($1, [5, 2, 2, 2], strides: [2, 2])
      let b = $0.maxPool($0.convolution($1, [3, 2, 1, 1]))
      return [$0.convolution($0.concatenation([a, b]), [4, 8, 1, 1])]
    },
    ConcatenationCase(
      testDescription: "a source of another scale, which is copied",
      steps: [["Conv"], ["Conv"], ["Concat"], ["Conv"]]
    ) {
      let a = $0.convolution($1, [5, 2, 1, 1])
      let b = $0.convolution($1, [3, 2, 1, 1], scale: 1 / 32)
      return [$0.convolution($0.concatenation([a, b]), [4, 8, 1, 1])]
    },
    ConcatenationCase(
      testDescription: "a source that has another reader, which is copied",
      steps: [["Conv"], ["Conv"], ["Concat"], ["Conv"], ["Conv"]]
    ) {
      let a = $0.convolution($1, [5, 2, 1, 1])
      let b = $0.convolution($1, [3, 2, 1, 1])
      let both = $0.convolution($0.concatenation([a, b]), [4, 8, 1, 1])
      return [both, $0.convolution(b, [4, 3, 1, 1])]
    },
    ConcatenationCase(
      testDescription: "one source twice, which is copied twice",
      steps: [["Conv"], ["Concat"], ["Conv"]]
    ) {
      let a = $0.convolution($1, [5, 2, 1, 1])
      return [$0.convolution($0.concatenation([a, a]), [4, 10, 1, 1])]
    },
    ConcatenationCase(
      testDescription: "the input, which is copied",
      steps: [["Conv"], ["Concat"], ["Conv"]]
    ) {
      let a = $0.convolution($1, [5, 2, 1, 1])
      return [$0.convolution($0.concatenation([$1, a]), [4, 7, 1, 1])]
    },
    ConcatenationCase(
      testDescription: "rows of images",
      steps: [["Conv"], ["Conv"], ["Concat"], ["Conv"]]
    ) {
      let a = $0.convolution($1, [5, 2, 1, 1])
      let b = $0.convolution($1, [5, 2, 3, 1])
      return [$0.convolution($0.concatenation([a, b], axis: 2), [4, 5, 1, 1])]
    },
    ConcatenationCase(
      testDescription: "flattened images and a product",
      steps: [["Conv"], ["Conv"], ["MatMul"], ["MatMul"]]
    ) {
      let a = $0.flatten($0.convolution($1, [5, 2, 1, 1]))
      let b = $0.flatten($0.convolution($1, [3, 2, 3, 3]))
      let c = $0.product($0.flatten($1), [72, 7])
      return [$0.product($0.concatenation([a, b, c]), [5 * 36 + 3 * 16 + 7, 6])]
    },
  ]

  @Test(arguments: cases)
  func `sources are written where they belong:`(item: ConcatenationCase) throws {
    var model = LayeredModel(seed: 9)
    let input = model.input([2, 6, 6])
    for output in item.layers(&model, input) { model.output(output) }
    let network = try Network(onnx: model.bytes)
    let steps = network.explanation.map(\.operators).filter { $0 != ["DequantizeLinear"] }
    #expect(steps == item.steps)
  }

  @Test(arguments: cases)
  func `the result is that of copied sources:`(item: ConcatenationCase) throws {
    func outputs(copies: Bool) throws -> [[Float]] {
      var model = LayeredModel(seed: 9)
      model.outputsEveryValue = copies
      let input = model.input([2, 6, 6])
      for output in item.layers(&model, input) { model.output(output) }
      let network = try Network(onnx: model.bytes)
      try network.write(network.inputs[0].name, (0..<72).map { Float(($0 * 29) % 67) / 33 - 1 })
      network.run()
      return network.outputs.indices.map { network.read($0) }
    }
    let expected = try outputs(copies: true)
    let found = try outputs(copies: false)
    #expect(Array(expected.suffix(found.count)) == found)
    #expect(found.allSatisfy { Set($0).count > 2 })
  }

  @Test func `a product of a flattened image is a convolution as large as the image`() throws {
    let image = (0..<180).map { Float(($0 * 29) % 67) / 33 - 1 }
    func output(_ last: (inout LayeredModel, String) -> String) throws -> (Network, [Float]) {
      var model = LayeredModel(seed: 11)
      model.output(last(&model, model.input([5, 6, 6])))
      let network = try Network(onnx: model.bytes)
      try network.write(network.inputs[0].name, image)
      network.run()
      return (network, network.read(0))
    }
    let (_, expected) = try output { $0.convolution($1, [8, 5, 6, 6]) }
    let (network, found) = try output { $0.product($0.flatten($1), [180, 8], isTransposed: true) }
    #expect(found == expected)
    #expect(network.explanation.map(\.operators) == [["Gemm"], ["DequantizeLinear"]])
  }
}
