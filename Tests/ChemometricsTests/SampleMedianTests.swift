import Chemometrics
import Testing

@Suite struct SampleMedianTests {
  struct Medians: Decodable {
    var scans: [[Double]]
    var medians: [[Double]]
  }

  @Test func `medians of odd and even counts agree with numpy`() throws {
    let golden = try Golden.read("medians.json", as: Medians.self)
    var median = SampleMedian(channels: golden.scans[0].count, capacity: golden.scans.count)
    for (scan, expected) in zip(golden.scans, golden.medians) {
      median.add(scan.span)
      let found = median.values
      #expect(Golden.error(found, expected) < 1e-15)
    }
    let isFull = median.isFull
    #expect(isFull)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `any order of any values gives what sorting gives`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    // Channels are handled by eights.
    let channels = Int.random(in: 1...33, using: &random)
    let capacity = Int.random(in: 1...70, using: &random)
    var median = SampleMedian(channels: channels, capacity: capacity)
    for round in 0..<3 {
      median.removeAll()
      var scans: [[Double]] = []
      for _ in 0..<Int.random(in: 1...capacity, using: &random) {
        // Few distinct values in the first round: duplicates.
        let spread = round == 0 ? 2.0 : 1e6
        let scan = (0..<channels).map { _ in
          Double.random(in: -spread...spread, using: &random).rounded()
        }
        scans.append(scan)
        median.add(scan.span)
        let expected = (0..<channels).map { channel in
          let sorted = scans.map { $0[channel] }.sorted()
          return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        }
        let found = median.values
        #expect(found == expected, "seed \(seed), round \(round), \(scans.count) scans")
      }
      let count = median.count
      #expect(count == scans.count, "seed \(seed)")
    }
  }
}

extension SampleMedian {
  /// The medians of all channels.
  var values: [Double] {
    var values = [Double](repeating: .nan, count: channels)
    var span = values.mutableSpan
    write(into: &span)
    return values
  }
}

/// SplitMix64: the same numbers for the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
