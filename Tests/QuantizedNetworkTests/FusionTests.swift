import QuantizedNetwork
import Testing

/// Layers, and the steps that they become.
struct FusionCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let steps: [[String]]
  let layers: @Sendable (inout LayeredModel, String) -> String

  static let all: [FusionCase] = [
    FusionCase(
      testDescription: "convolution, softmax over channels, pool",
      steps: [["Conv", "Softmax", "MaxPool"]]
    ) { $0.maxPool($0.softmax($0.convolution($1, [6, 2, 3, 3]))) },
    FusionCase(
      testDescription: "convolution, ReLU, pool",
      steps: [["Conv", "Relu", "MaxPool"]]
    ) { $0.maxPool($0.convolution($1, [6, 2, 3, 3], relu: true)) },
    FusionCase(
      testDescription: "a pool before the softmax",
      steps: [["Conv", "MaxPool"], ["Softmax"]]
    ) { $0.softmax($0.maxPool($0.convolution($1, [6, 2, 3, 3]))) },
    FusionCase(
      testDescription: "two softmaxes",
      steps: [["Conv", "Softmax"], ["Softmax"]]
    ) { $0.softmax($0.softmax($0.convolution($1, [6, 2, 3, 3]))) },
    FusionCase(
      testDescription: "softmax over columns",
      steps: [["Conv"], ["Softmax"]]
    ) { $0.softmax($0.convolution($1, [6, 2, 3, 3]), axis: 3) },
    FusionCase(
      testDescription: "a pool of 3 x 3",
      steps: [["Conv"], ["MaxPool"]]
    ) { $0.maxPool($0.convolution($1, [6, 2, 3, 3]), 3) },
    FusionCase(
      testDescription: "a pool that steps by one",
      steps: [["Conv"], ["MaxPool"]]
    ) { $0.maxPool($0.convolution($1, [6, 2, 3, 3]), stride: 1) },
    FusionCase(
      testDescription: "a padded pool",
      steps: [["Conv"], ["MaxPool"]]
    ) { $0.maxPool($0.convolution($1, [6, 2, 3, 3]), pads: [1, 1, 0, 0]) },
    FusionCase(
      testDescription: "a pool whose last window reaches over the edge",
      steps: [["Conv"], ["MaxPool"]]
    ) { $0.maxPool($0.convolution($1, [6, 2, 4, 4]), roundsUp: true) },
    FusionCase(
      testDescription: "a pool that rounds up for nothing",
      steps: [["Conv", "MaxPool"]]
    ) { $0.maxPool($0.convolution($1, [6, 2, 3, 3]), roundsUp: true) },
    FusionCase(
      testDescription: "a product and its softmax",
      steps: [["MatMul", "Softmax"]]
    ) { $0.softmax($0.product($0.flatten($1), [200, 5])) },
  ]
}

@Suite struct FusionTests {
  @Test(arguments: FusionCase.all)
  func `what follows a convolution and reads it alone is done by it:`(item: FusionCase) throws {
    var model = LayeredModel(seed: 3)
    model.output(item.layers(&model, model.input([2, 10, 10])))
    let network = try Network(onnx: model.bytes)
    let steps = network.explanation.map(\.operators).filter { $0 != ["DequantizeLinear"] }
    #expect(steps == item.steps)
  }

  @Test func `a value that has another reader is kept, and the result is the same`() throws {
    func network(keepsConvolution: Bool, keepsSoftmax: Bool) throws -> Network {
      var model = LayeredModel(seed: 4)
      let convolution = model.convolution(model.input([2, 10, 10]), [6, 2, 3, 3])
      let softmax = model.softmax(convolution)
      model.output(model.maxPool(softmax))
      if keepsConvolution { model.output(convolution) }
      if keepsSoftmax { model.output(softmax) }
      return try Network(onnx: model.bytes)
    }
    let image = (0..<200).map { Float(($0 * 37) % 101) / 50 - 1 }
    func firstOutput(_ network: Network) throws -> [Float] {
      try network.write(network.inputs[0].name, image)
      network.run()
      return network.read(0)
    }
    let fused = try network(keepsConvolution: false, keepsSoftmax: false)
    let expected = try firstOutput(fused)
    #expect(Set(expected).count > 10)
    for (keepsConvolution, keepsSoftmax, count) in [
      (true, false, 3), (false, true, 2), (true, true, 3),
    ] {
      let other = try network(keepsConvolution: keepsConvolution, keepsSoftmax: keepsSoftmax)
      let steps = other.explanation.filter { $0.operators != ["DequantizeLinear"] }
      #expect(steps.count == count)
      #expect(try firstOutput(other) == expected)
    }
  }

  @Test(arguments: OnnxruntimeTests.networks, ConvolutionMethod.allCases)
  func `every method gives onnxruntime's outputs`(name: String, method: ConvolutionMethod) throws {
    let golden = try GoldenNetwork.load(name)
    for set in InstructionSet.available {
      let network = try Network(
        onnx: GoldenNetwork.model(name),
        instructionSet: set,
        method: method
      )
      for item in golden.cases {
        for (name, bytes) in item.inputs {
          try network.write(name, bytes.map { (Float($0) - 128) / 64 })
        }
        network.run()
        for (index, output) in network.outputs.enumerated() {
          let expected = try #require(item.outputs[output.name]).floats
          #expect(network.read(index) == expected, "\(output.name) on \(set)")
        }
      }
    }
  }
}
