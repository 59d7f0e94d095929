import QuantizedNetwork
import Testing

@Suite struct ExplanationTests {
  /// Sides of the quarter-width network's images: whole, and the part that reaches the output.
  private static let layers: [(channels: Int, outputs: Int, whole: Int, part: Int)] = [
    (3, 16, 83, 74), (16, 32, 81, 72), (32, 16, 38, 34), (16, 16, 36, 32), (16, 32, 16, 14),
    (32, 32, 14, 12), (32, 64, 5, 4), (64, 64, 3, 2),
  ]

  @Test(arguments: InstructionSet.available)
  func `the quarter-width network is 8 convolutions, 3 products and what is around them`(
    set: InstructionSet
  ) throws {
    let file = try GoldenNetwork.model("spectra-quarter-u8")
    let network = try Network(onnx: file, instructionSet: set)
    let convolutions = network.explanation.filter { $0.operators.first == "Conv" }
    #expect(convolutions.count == Self.layers.count)
    for (step, layer) in zip(convolutions, Self.layers) {
      let products = 9 * layer.channels * layer.outputs
      #expect(step.inputShape[1] == layer.channels && step.outputShape[1] == layer.outputs)
      #expect(step.wholeMultiplications == layer.whole * layer.whole * products)
      #expect(step.multiplications == layer.part * layer.part * products)
      let isPooled = step.operators.contains("MaxPool")
      let side = isPooled ? layer.part / 2 : layer.part
      #expect(step.activationByteCount == side * side * layer.outputs)
      #expect(step.weightByteCount >= products && step.method != nil)
    }
    #expect(convolutions.filter { $0.operators.contains("MaxPool") }.count == 4)
    #expect(network.explanation.filter { $0.operators.first == "Gemm" }.count == 3)
    let total = network.explanation.reduce(0) { $0 + $1.multiplications }
    #expect((36_000_000...37_000_000).contains(total))
    let weights = network.explanation.reduce(0) { $0 + $1.weightByteCount }
    #expect(network.constantByteCount >= weights && network.arenaByteCount > 0)
  }

  @Test func `a method that is asked for is used where it suits`() throws {
    let file = try GoldenNetwork.model("spectra-quarter-u8")
    for method in ConvolutionMethod.allCases {
      let methods = try Network(onnx: file, method: method).explanation.compactMap(\.method)
      let isUsed = methods.contains(method)
      #expect(isUsed == (method != .depthwise), "\(method)")
    }
  }
}
