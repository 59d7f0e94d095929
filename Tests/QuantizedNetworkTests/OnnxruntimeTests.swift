import Foundation
import QuantizedNetwork
import Testing

/// Whole networks and single operators against stored results of onnxruntime.
@Suite struct OnnxruntimeTests {
  static let networks = [
    "spectra-u8", "spectra-s8", "spectra-softmax-u8", "spectra-quarter-u8",
    "strides-and-pads-u8", "strides-and-pads-s8", "groups-u8", "groups-s8", "residual-u8",
    "residual-s8", "averages-u8", "averages-s8", "branches-u8", "branches-s8", "softmaxes-u8",
    "softmaxes-s8", "residual-s8-symmetric", "groups-u8-per-tensor",
  ]

  /// The operators that equal onnxruntime bit for bit, also where a file says int8.
  static let exactOperators: Set = [
    "Conv", "Gemm", "MatMul", "MaxPool", "Relu", "Concat", "Flatten", "Reshape", "Transpose",
  ]

  @Test(arguments: networks, InstructionSet.available)
  func `a network's outputs equal onnxruntime's`(name: String, set: InstructionSet) throws {
    let golden = try GoldenNetwork.load(name)
    let network = try Network(onnx: GoldenNetwork.model(name), instructionSet: set)
    for item in golden.cases {
      for (name, bytes) in item.inputs {
        try network.write(name, bytes.map { (Float($0) - 128) / 64 })
      }
      network.run()
      for (index, output) in network.outputs.enumerated() {
        let expected = try #require(item.outputs[output.name]).floats
        #expect(network.read(index) == expected, "\(output.name)")
      }
    }
  }

  @Test func `a softmax that onnxruntime leaves in float agrees within rounding`() throws {
    let golden = try GoldenNetwork.load("softmax-float-u8")
    let network = try Network(onnx: GoldenNetwork.model("softmax-float-u8"))
    for item in golden.cases {
      for (name, bytes) in item.inputs {
        try network.write(name, bytes.map { (Float($0) - 128) / 64 })
      }
      network.run()
      let expected = try #require(item.outputs[network.outputs[0].name]).floats
      for (found, wanted) in zip(network.read(0), expected) {
        #expect(abs(found - wanted) <= 1e-6)
      }
    }
  }

  @Test(arguments: networks)
  func `an operator given onnxruntime's own inputs gives its output`(name: String) throws {
    for item in try GoldenNetwork.load(name).nodes ?? [] {
      let network = try Network(onnx: [UInt8](item.model))
      for (name, tensor) in item.inputs { try network.write(name, tensor.reals) }
      network.run()
      let expected = item.output
      #expect(network.outputs[0].shape == expected.shape)
      let found = network.read(0).map { Int(($0 / expected.scale).rounded()) + expected.zeroPoint }
      let worst = zip(found, expected.steps).map { abs($0 - $1) }.max()
      // Where a value has several readers, onnxruntime adds int8 in float, not in integers.
      let isExact = Self.exactOperators.contains(item.operator) || !expected.isSigned
      #expect(worst == 0 || (!isExact && worst == 1), "\(item.operator) \(item.node)")
    }
  }
}
