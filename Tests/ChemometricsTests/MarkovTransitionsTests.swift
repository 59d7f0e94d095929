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
}
