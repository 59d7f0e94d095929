import QuantizedNetwork
import Testing

/// Networks of many topologies, drawn from seeds, against stored results of onnxruntime and
/// against each other.
@Suite struct TopologyTests {
  /// Where onnxruntime is only promised to be equal within some steps of an output, and why.
  private static let allowances: [String: (steps: Float, reason: String)] = [:]

  @Test func `there are topologies enough of both types`() {
    #expect(Topology.names.count >= 24)
    #expect(Topology.names.filter { $0.contains("-s8-") }.count >= 8)
  }

  @Test(arguments: Topology.names, InstructionSet.available)
  func `a topology's outputs equal onnxruntime's, run after run`(
    name: String,
    set: InstructionSet
  ) throws {
    let topology = try Topology.load(name)
    let network = try Network(onnx: Topology.model(name), instructionSet: set)
    #expect(network.outputs.map(\.name) == topology.outputs.map(\.name))
    // The second round shows what a run leaves behind for the next.
    for round in 1...2 {
      for item in topology.cases {
        let inputs = topology.inputs(seed: item.seed, isExtreme: item.isExtreme)
        for (port, reals) in zip(topology.inputs, inputs) { try network.write(port.name, reals) }
        for run in 1...2 {
          network.run()
          expectEqual(
            network,
            to: item,
            of: topology,
            "\(name), \(set), round \(round), run \(run)"
          )
        }
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
      expectEqual(network, to: item, of: topology, "\(name), \(set), quantized bytes")
    }
  }

  @Test(arguments: Topology.names)
  func `all instruction sets give the same outputs on random inputs`(name: String) throws {
    let topology = try Topology.load(name)
    let file = try Topology.model(name)
    let networks = try InstructionSet.available.map { try Network(onnx: file, instructionSet: $0) }
    for seed in UInt64(1)...50 {
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
    _ what: String
  ) {
    let name = String(what.prefix { $0 != "," })
    let steps = Self.allowances[name]?.steps ?? 0
    for (index, output) in topology.outputs.enumerated() {
      let found = network.read(index)
      let difference = output.difference(found, topology.reals(index, of: item), steps: steps)
      #expect(difference == nil, "\(what), input seed \(item.seed): \(difference ?? "")")
    }
  }
}
