import Chemometrics
import Spectra
import Testing

@Suite struct EnsembleDecisionTests {
  struct Ensemble: Decodable {
    var members: [[Double]]
    var combined: [Double]
  }

  private func combine(_ members: [[Float]]) -> [Double] {
    var combiner = EnsembleCombiner(classes: members[0].count)
    // What was added before must be forgotten.
    let forgotten = members[0]
    combiner.add(forgotten.span)
    combiner.removeAll()
    for member in members { combiner.add(member.span) }
    var combined = [Double](repeating: .nan, count: members[0].count)
    var span = combined.mutableSpan
    combiner.write(into: &span)
    return combined
  }

  @Test func `combined probabilities agree with scipy's geometric mean`() throws {
    for golden in try Golden.read("ensembles.json", as: [Ensemble].self) {
      let found = combine(golden.members.map { $0.map { Float($0) } })
      #expect(Golden.error(found, golden.combined) < 1e-13)
    }
  }

  @Test(arguments: [
    [[Float](repeating: 0, count: 3)], [[.nan, .nan, .nan]], [[.nan, 1, 0], [1, -1, 0]],
    [[.infinity, 0.5, 0.5]],
  ])
  func `whatever the networks say, the probabilities sum to one`(members: [[Float]]) {
    let combined = combine(members)
    #expect(abs(combined.reduce(0, +) - 1) < 1e-12)
  }

  struct Case: Sendable {
    var probabilities: [Double]
    var minimum = 0.0
    var reasons: AnswerReasons = []
    var classIndex: Int?
    var answer: AnswerReasons = []
  }

  @Test(arguments: [
    Case(probabilities: [0.2, 0.5, 0.3], classIndex: 1),
    Case(probabilities: [0.4, 0.2, 0.4], classIndex: 0),
    Case(probabilities: [0.2, 0.4, 0.4], classIndex: 1),
    Case(probabilities: [1], classIndex: 0),
    Case(probabilities: [0.2, 0.5, 0.3], minimum: 0.5, classIndex: 1),
    Case(probabilities: [0.2, 0.5, 0.3], minimum: 0.51, classIndex: nil, answer: .lowConfidence),
    Case(
      probabilities: [0.2, 0.5, 0.3],
      reasons: .flatSpectrum,
      classIndex: nil,
      answer: .flatSpectrum
    ),
    Case(
      probabilities: [0.2, 0.5, 0.3],
      minimum: 0.9,
      reasons: .outsideCalibration,
      classIndex: nil,
      answer: [.outsideCalibration, .lowConfidence]
    ),
  ])
  func `the most probable class wins, the first of equals, unless there is a reason`(
    example: Case
  ) {
    let decision = Decision(
      probabilities: example.probabilities.span,
      minimumProbability: example.minimum,
      reasons: example.reasons
    )
    #expect(decision.classIndex == example.classIndex)
    #expect(decision.reasons == example.answer)
  }
}
