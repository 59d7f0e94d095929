import CAllocationCounter
import QuantizedNetwork
import Testing

@Suite struct RunAllocationTests {
  @Test(
    .enabled(if: callocation_is_counting(), "a sanitizer has an allocator of its own"),
    arguments: ["spectra-softmax-u8", "averages-s8", "branches-u8", "softmaxes-u8", "residual-s8"],
    [1, 2]
  )
  func `nothing is allocated from inputs to outputs`(name: String, threads: Int) throws {
    let network = try Network(
      onnx: GoldenNetwork.model(name),
      team: WorkerTeam(threadCount: threads)
    )
    let counts = network.inputs.map(\.elementCount)
    var sum: Float = 0
    func infer() {
      for index in counts.indices {
        network.writeInput(index) { values in
          for position in 0..<counts[index] { values[position] = Float(position % 17) / 8 - 1 }
        }
      }
      network.run()
      for index in network.outputs.indices { network.readOutput(index) { sum += $0[0] } }
    }
    infer()
    let before = callocation_count()
    for _ in 0..<10 { infer() }
    #expect(callocation_count() == before)
    #expect(sum.isFinite)
  }
}
