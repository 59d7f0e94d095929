import QuantizedNetwork
import Testing

/// Networks of many topologies, drawn from seeds, against stored results of onnxruntime and
/// against each other.
@Suite struct TopologyTests {
  /// What an output may differ by: steps of its bytes, or a real number where it has none.
  private struct Allowance {
    let network: String
    let outputs: Set<String>
    var steps: Float = 0
    var reals: Float = 0
    let reason: String
  }

  /// The outputs that are only promised to be close to onnxruntime's; all others are equal.
  private static let allowances = [
    Allowance(
      network: "averages-s8-252",
      outputs: ["averagepool7", "globalaveragepool9"],
      steps: 1,
      reason: "an int8 value with two readers is averaged in float by onnxruntime"
    ),
    Allowance(
      network: "real-ends-u8-468",
      outputs: ["relu5", "conv13"],
      reals: 2e-5,
      reason: "onnxruntime computes a convolution that nothing quantizes in float"
    ),
    Allowance(
      network: "real-ends-s8-469",
      outputs: ["conv4", "conv12"],
      reals: 2e-5,
      reason: "onnxruntime computes a convolution that nothing quantizes in float"
    ),
    Allowance(
      network: "real-ends-u8-468",
      outputs: ["softmax11"],
      reals: 1e-6,
      reason: "the exponential is the C library's"
    ),
    Allowance(
      network: "real-ends-s8-469",
      outputs: ["softmax10"],
      reals: 1e-6,
      reason: "the exponential is the C library's"
    ),
  ]

  @Test func `there are topologies enough of both types`() {
    #expect(Topology.names.count >= 24)
    #expect(Topology.names.filter { $0.contains("-s8-") }.count >= 8)
  }

  // The allowances are for stored networks.
  @Test(.enabled(if: Topology.otherFolder == nil))
  func `every allowance is for outputs that there are`() throws {
    for allowance in Self.allowances {
      let outputs = try Topology.load(allowance.network).outputs.map(\.name)
      #expect(allowance.outputs.isSubset(of: outputs), "\(allowance.network)")
    }
  }

  @Test(arguments: Topology.names, InstructionSet.available)
  func `a topology's outputs equal onnxruntime's, run after run`(
    name: String,
    set: InstructionSet
  ) throws {
    let topology = try Topology.load(name)
    let network = try Network(onnx: Topology.model(name), instructionSet: set)
    #expect(network.outputs.map(\.name) == topology.outputs.map(\.name))
    // The first case comes again at the end, for what the others leave behind.
    for item in topology.cases + topology.cases.prefix(1) {
      let inputs = topology.inputs(seed: item.seed, isExtreme: item.isExtreme)
      for (port, reals) in zip(topology.inputs, inputs) { try network.write(port.name, reals) }
      for run in 1...2 {
        network.run()
        expectEqual(network, to: item, of: topology, name, "\(set), run \(run)")
      }
    }
  }

  @Test(arguments: Topology.names, InstructionSet.available)
  func `inputs written as quantized bytes give the same outputs`(
    name: String,
    set: InstructionSet
  ) throws {
    let topology = try Topology.load(name)
    let network = try Network(onnx: Topology.model(name), instructionSet: set)
    for item in topology.cases {
      let inputs = topology.inputs(seed: item.seed, isExtreme: item.isExtreme)
      for (port, reals) in zip(topology.inputs, inputs) {
        let index = try #require(network.inputs.firstIndex { $0.name == port.name })
        guard let layout = network.quantizedLayout(ofInput: index) else {
          try network.write(port.name, reals)
          continue
        }
        network.writeQuantizedInput(index) { layout.fill(&$0, with: reals) }
      }
      network.run()
      expectEqual(network, to: item, of: topology, name, "\(set), quantized bytes")
    }
  }

  /// Fewer where the kernels' C is not optimised.
  #if DEBUG
  private static let randomInputs: UInt64 = 5
  #else
  private static let randomInputs: UInt64 = 50
  #endif

  @Test(arguments: Topology.names)
  func `all instruction sets give the same outputs on random inputs`(name: String) throws {
    let topology = try Topology.load(name)
    let file = try Topology.model(name)
    let networks = try InstructionSet.available.map { try Network(onnx: file, instructionSet: $0) }
    for seed in 1...Self.randomInputs {
      let inputs = topology.inputs(seed: seed, isExtreme: seed % 5 == 0)
      for network in networks {
        for (port, reals) in zip(topology.inputs, inputs) { try network.write(port.name, reals) }
        network.run()
      }
      for network in networks.dropFirst() {
        for (index, output) in topology.outputs.enumerated() {
          let difference = output.difference(network.read(index), networks[0].read(index))
          #expect(
            difference == nil,
            "\(name), input seed \(seed), \(network.instructionSet): \(difference ?? "")"
          )
        }
      }
    }
  }

  /// Names with at least two inputs.
  private static let severalInputs = Topology.names.filter { name in
    (try? Topology.load(name).inputs.count > 1) ?? true
  }

  @Test(arguments: severalInputs)
  func `an input that is not written again keeps its value`(name: String) throws {
    let topology = try Topology.load(name)
    let file = try Topology.model(name)
    let network = try Network(onnx: file)
    var kept = topology.inputs(seed: 1, isExtreme: false)
    for (port, reals) in zip(topology.inputs, kept) { try network.write(port.name, reals) }
    network.run()
    for (position, port) in topology.inputs.enumerated() {
      kept[position] = topology.inputs(seed: UInt64(position) + 2, isExtreme: false)[position]
      try network.write(port.name, kept[position])
      network.run()
      let fresh = try Network(onnx: file)
      for (port, reals) in zip(topology.inputs, kept) { try fresh.write(port.name, reals) }
      fresh.run()
      for (index, output) in topology.outputs.enumerated() {
        let difference = output.difference(network.read(index), fresh.read(index))
        #expect(difference == nil, "\(name), '\(port.name)' rewritten: \(difference ?? "")")
      }
    }
  }

  private func expectEqual(
    _ network: Network,
    to item: Topology.Case,
    of topology: Topology,
    _ name: String,
    _ what: String
  ) {
    for (index, output) in topology.outputs.enumerated() {
      let difference = output.difference(
        network.read(index),
        topology.reals(index, of: item),
        tolerance: Self.tolerance(of: output, in: name)
      )
      #expect(difference == nil, "\(name), \(what), input seed \(item.seed): \(difference ?? "")")
    }
  }

  private static func tolerance(of output: Topology.Output, in network: String) -> Float {
    let found = allowances.first { $0.network == network && $0.outputs.contains(output.name) }
    guard let found else { return 0 }
    // A hundredth of a step more, for what the floats of neighbouring bytes lose.
    guard let meaning = output.bytes else { return found.reals }
    return (found.steps + 0.01) * meaning.scale
  }
}
