import Foundation
import QuantizedNetwork
import Testing

/// Whole networks and single operators against stored results of onnxruntime.
@Suite struct OnnxruntimeTests {
  @Test(arguments: ["spectra-u8", "spectra-s8", "spectra-softmax-u8", "spectra-quarter-u8",
   "strides-and-pads-u8", "strides-and-pads-s8", "groups-u8", "groups-s8", "residual-u8", "residual-s8", "averages-u8", "averages-s8", "branches-u8", "branches-s8", "softmaxes-u8", "softmaxes-s8", "residual-s8-symmetric", "groups-u8-per-tensor", "softmax-float-u8"])
  func `probe`(_ name: String) throws {
    let golden = try GoldenNetwork.load(name)
    for set in InstructionSet.available {
    let network = try Network(onnx: GoldenNetwork.model(name), instructionSet: set)
    for item in golden.cases {
      for (name, bytes) in item.inputs {
        try network.write(name, bytes.map { (Float($0) - 128) / 64 })
      }
      network.run()
      for (index, output) in network.outputs.enumerated() {
        let expected = try #require(item.outputs[output.name]).floats
        let found = network.read(index)
        let worst = zip(expected, found).map { abs($0 - $1) }.max() ?? 0
        if worst > 0 { print("WHOLE", set, name, output.name, output.shape, "worst", worst, expected.prefix(4), found.prefix(4)) }
      }
    }
    }
    for node in golden.nodes ?? [] {
      let network = try Network(onnx: [UInt8](node.model))
      for (name, tensor) in node.inputs { try network.write(name, tensor.reals) }
      network.run()
      let out = node.output
      let found = network.read(0).map { Int(($0 / out.scale).rounded()) + out.zeroPoint }
      let differences = zip(found, out.steps).map { abs($0 - $1) }
      if differences.max() ?? 0 > 0 || found.count != out.steps.count {
        print("NODE", name, node.node, out.shape, found.count, "worst", differences.max() ?? 0, "count", differences.count { $0 > 0 })
      }
    }
  }
}
