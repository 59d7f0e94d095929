import Chemometrics
import Spectra
import Testing

@Suite struct MarkovTransitionsTests {
  struct Case: Decodable {
    var name: String
    var bins: Int
    var values: [Double]
    var field: [[Double]]
  }

  @Test func `fields agree with pyts, also where values are equal to each other or to an edge`()
    throws
  {
    let cases = try Golden.read("markov.json", as: [Case].self)
    #expect(cases.count >= 10)
    for example in cases {
      let size = example.values.count
      var transitions = MarkovTransitions(binCount: example.bins, points: size)
      transitions.analyse(FixedArray(example.values))
      for row in 0..<size {
        for column in 0..<size {
          let share = transitions.share(
            from: transitions.bin(at: row),
            to: transitions.bin(at: column)
          )
          let difference = abs(Double(share) - example.field[row][column])
          #expect(difference < 1e-6, "\(example.name), \(example.bins) bins, \(row), \(column)")
        }
      }
    }
  }

  @Test func `a spectrum of one value stays in the lowest bin`() {
    var transitions = MarkovTransitions(binCount: 5, points: 10)
    transitions.analyse(FixedArray(repeating: 3, count: 10))
    let bins = (0..<10).map { transitions.bin(at: $0) }
    #expect(bins == Array(repeating: 0, count: 10))
    let (stay, leave) = (transitions.share(from: 0, to: 0), transitions.share(from: 1, to: 0))
    #expect(stay == 1)
    #expect(leave == 0)
  }

  /// Values that lie anyhow within their range, or in a range without intervals.
  private func values(_ kind: Int, _ random: inout SeededGenerator) -> [Double] {
    let count = Int.random(in: 2...90, using: &random)
    let even = (0..<count).map { _ in Double.random(in: -1...1, using: &random) }
    return switch kind {
    case 0: even
    case 1: even.map { ($0 * 4).rounded() }
    case 2: even.map { $0 < 0.9 ? $0 * 1e-9 : $0 }
    case 3: even.sorted(by: >)
    case 4: even.map { $0 * .greatestFiniteMagnitude }
    case 5: even.map { $0 < 0 ? 0 : .leastNonzeroMagnitude }
    default: even.map { $0 < 0 ? -0.0 : 0.0 }
    }
  }

  @Test(arguments: 0...6, 1...6 as ClosedRange<UInt64>)
  func `a point's bin is the number of percentiles below it`(kind: Int, seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let values = values(kind, &random)
    let binCount = Int.random(in: 2...MarkovTransitions.mostBins, using: &random)
    let sorted = values.sorted()
    let edges = (1..<binCount).map { edge in
      // numpy's order of operations: a value may equal an edge, so the last bit counts.
      let place = Double(edge) * (100 / Double(binCount)) / 100 * Double(values.count - 1)
      let (below, share) = (Int(place), place - place.rounded(.down))
      let (low, high) = (sorted[below], sorted[min(below + 1, values.count - 1)])
      return share >= 0.5 ? high - (high - low) * (1 - share) : low + (high - low) * share
    }
    var transitions = MarkovTransitions(binCount: binCount, points: values.count)
    transitions.analyse(FixedArray(values.reversed()))
    transitions.analyse(FixedArray(values))
    let found = values.indices.map { transitions.bin(at: $0) }
    let expected = values.map { value in edges.count { $0 < value } }
    #expect(found == expected, "kind \(kind), seed \(seed), \(binCount) bins")
  }
}
