import Glibc
import QuantizedNetwork
import Testing

@Suite struct ThreadsTests {
  private func outputs(of network: Network, _ item: GoldenNetwork.Case) throws -> [[Float]] {
    for (name, bytes) in item.inputs {
      try network.write(name, bytes.map { (Float($0) - 128) / 64 })
    }
    network.run()
    return network.outputs.indices.map { network.read($0) }
  }

  @Test(arguments: OnnxruntimeTests.networks, [1, 2, 3])
  func `threads that share a run compute what one computes`(name: String, threads: Int) throws {
    let golden = try GoldenNetwork.load(name)
    let file = try GoldenNetwork.model(name)
    let team = WorkerTeam(threadCount: threads)
    for set in InstructionSet.available {
      let network = try Network(onnx: file, instructionSet: set, team: team)
      for item in golden.cases {
        let found = try outputs(of: network, item)
        for (index, output) in network.outputs.enumerated() {
          #expect(found[index] == (try #require(item.outputs[output.name])).floats, "on \(set)")
        }
      }
    }
  }

  @Test(arguments: [2, 3])
  func `run after run, also after a rest, the result is the same`(threads: Int) throws {
    let golden = try GoldenNetwork.load("spectra-quarter-u8")
    let network = try Network(
      onnx: GoldenNetwork.model("spectra-quarter-u8"),
      team: WorkerTeam(threadCount: threads)
    )
    let expected = try outputs(of: network, golden.cases[0])
    for run in 0..<200 {
      // Longer than a worker looks for work before it sleeps.
      if run % 40 == 39 { usleep(5_000) }
      network.run()
      #expect(network.read(0) == expected[0], "run \(run)")
    }
  }

  @Test func `workers end with their network`() throws {
    let file = try GoldenNetwork.model("spectra-u8")
    let before = threadCount
    do {
      let network = try Network(onnx: file, team: WorkerTeam(threadCount: 3))
      network.run()
      #expect(threadCount >= 3)
    }
    // Other tests start and end threads of their own at the same time.
    for _ in 0..<50 { _ = try Network(onnx: file, team: WorkerTeam(threadCount: 3)) }
    #expect(threadCount < before + 100)
  }

  /// Threads of this process.
  private var threadCount: Int {
    // SAFETY: libc lends the entries of an open folder until it is closed.
    guard let folder = unsafe opendir("/proc/self/task") else { return 0 }
    defer { unsafe closedir(folder) }
    var count = -2
    while unsafe readdir(folder) != nil { count += 1 }
    return count
  }
}
