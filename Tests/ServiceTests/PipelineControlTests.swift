import Service
import Spectra
import Streaming
import Testing

/// Samples that clients begin and end, and limits that the administrator changes.
@Suite struct PipelineControlTests {
  private typealias Kind = PredictionSlot.Kind

  @Test func `a sample has the name and the identity that its beginning was answered with`() throws
  {
    let pipeline = try DrivenPipeline(scans: 2)
    try pipeline.start()
    pipeline.begin("milk 7")
    let identity = try #require(pipeline.outcomes(1).first).get()
    for scan in 1...3 { _ = pipeline.offer(sample: 1, scan: scan) }
    var answers = pipeline.answers(untilFinals: 1)
    answers.append(try #require(pipeline.nextAnswer()))
    #expect(answers.map(\.kind) == [.sampleBegan] + Array(repeating: .prediction, count: 4))
    #expect(answers.map(\.sample) == ["milk 7", "milk 7", "milk 7", "milk 7", "2"])
    #expect(answers.map(\.scans) == [0, 1, 2, 2, 1])
    #expect(answers.prefix(4).allSatisfy { $0.identity == identity && $0.lane == 0 })
    #expect(answers[4].identity != identity)
    #expect(Set(answers.prefix(4).map(\.began)).count == 1)
  }

  @Test func `a sample begun without a name has the number it would have had`() throws {
    let pipeline = try DrivenPipeline(scans: 1)
    try pipeline.start()
    _ = pipeline.offer(sample: 1, scan: 1)
    _ = pipeline.answers(untilFinals: 1)
    pipeline.begin()
    #expect(try #require(pipeline.nextAnswer()).sample == "2")
  }

  @Test func `a sample that is begun ends the one that is open`() throws {
    let pipeline = try DrivenPipeline(scans: 60)
    try pipeline.start()
    for scan in 1...2 { _ = pipeline.offer(sample: 1, scan: scan) }
    pipeline.begin("second")
    pipeline.begin("third")
    var answers = pipeline.answers(untilFinals: 2)
    answers.append(try #require(pipeline.nextAnswer()))
    #expect(answers.map(\.sample) == ["1", "1", "1", "second", "second", "third"])
    #expect(answers.map(\.isFinal) == [false, false, true, false, true, false])
    #expect(answers.map(\.scans) == [1, 2, 2, 0, 0, 0])
    let identities = try pipeline.outcomes(2).map { try $0.get() }
    #expect(identities == [answers[3].identity, answers[5].identity])
    #expect(answers[2].hasLatency == false && answers[2].identity == answers[0].identity)
  }

  @Test(arguments: [true, false])
  func `a sample that was begun and has no scan ends with nothing`(bySilence: Bool) throws {
    let pipeline = try DrivenPipeline(silence: bySilence ? .milliseconds(50) : .seconds(60))
    try pipeline.start()
    let before = ContinuousClock.now
    pipeline.begin("nothing")
    if !bySilence { pipeline.end() }
    let answers = pipeline.answers(untilFinals: 1)
    #expect(answers.map(\.kind) == [.sampleBegan, .prediction])
    let end = try #require(answers.last)
    #expect(end.scans == 0 && !end.isAccepted && end.reasons == [] && !end.hasLatency)
    #expect(end.isEmpty && end.targetCount == 2 && end.referenceKind == .none)
    if bySilence { #expect(ContinuousClock.now - before >= .milliseconds(50)) }
    let outcomes = pipeline.outcomes(bySilence ? 1 : 2)
    #expect(outcomes.allSatisfy { $0 == .success(end.identity) })
  }

  @Test func `scans that arrived before a beginning or an end belong to what was before`() throws {
    let pipeline = try DrivenPipeline(scans: 60)
    for scan in 1...5 { _ = pipeline.offer(sample: 1, scan: scan) }
    pipeline.begin("later")
    try pipeline.start()
    var answers = pipeline.answers(untilFinals: 1)
    #expect(answers.map(\.scans) == [1, 2, 3, 4, 5, 5])
    #expect(try #require(pipeline.nextAnswer()).kind == .sampleBegan)
    _ = pipeline.offer(sample: 1, scan: 6)
    pipeline.end()
    answers = pipeline.answers(untilFinals: 1)
    #expect(answers.map(\.scans) == [1, 1])
    #expect(answers.map(\.sample) == ["later", "later"])
    #expect(pipeline.outcomes(2).map(\.isSuccess) == [true, true])
  }

  @Test func `what cannot be done says why`() throws {
    let pipeline = try DrivenPipeline()
    try pipeline.start()
    pipeline.end()
    pipeline.begin("nobody", lane: 4)
    pipeline.end(lane: 4)
    let expected: [PipelineControlError] = [
      .noOpenSample(scanner: 1), .noSuchScanner(5), .noSuchScanner(5),
    ]
    #expect(pipeline.outcomes(3) == expected.map { .failure($0) })
  }

  @Test func `a pipeline that stops answers whoever waits and whoever comes later`() throws {
    let pipeline = try DrivenPipeline()
    pipeline.begin("in time")
    pipeline.askToStop()
    try pipeline.start()
    #expect(pipeline.hasEnded(withinSeconds: 5))
    #expect(pipeline.outcomes(1).map(\.isSuccess) == [true])
    // The stage's end comes just before that of its thread.
    let deadline = ContinuousClock.now + .seconds(5)
    while pipeline.outcomes.all.last != .failure(.stopping), ContinuousClock.now < deadline {
      pipeline.end()
    }
    #expect(pipeline.outcomes.all.last == .failure(.stopping))
  }

  @Test func `a pipeline that never ran leaves nobody waiting`() throws {
    var pipeline: DrivenPipeline? = try DrivenPipeline()
    let outcomes = try #require(pipeline).outcomes
    for _ in 0..<PipelineControl.requestsMax + 1 { pipeline?.begin() }
    #expect(outcomes.all == [.failure(.tooManyRequests(limit: PipelineControl.requestsMax))])
    pipeline = nil
    #expect(outcomes.all.count == PipelineControl.requestsMax + 1)
    #expect(outcomes.all.dropFirst().allSatisfy { $0 == .failure(.stopping) })
  }

  @Test func `requests wait for space like every answer`() throws {
    let pipeline = try DrivenPipeline(scans: 60, predictionSlots: 2)
    try pipeline.start()
    for number in 1...6 { pipeline.begin("sample \(number)") }
    for _ in 0..<20 {
      pipeline.control.use(sampleEnd: .init(scans: 2, silenceNanoseconds: 1 << 40))
    }
    var answers = pipeline.answers(untilFinals: 5)
    answers.append(try #require(pipeline.nextAnswer()))
    #expect(
      answers.filter { $0.kind == .sampleBegan }.map(\.sample) == (1...6).map { "sample \($0)" }
    )
    #expect(pipeline.outcomes(6).map(\.isSuccess) == Array(repeating: true, count: 6))
  }

  @Test func `other limits end the sample that is open`() throws {
    let pipeline = try DrivenPipeline(scans: 60)
    try pipeline.start()
    for scan in 1...3 { _ = pipeline.offer(sample: 1, scan: scan) }
    for _ in 0..<3 { _ = try #require(pipeline.nextAnswer()) }
    pipeline.control.use(sampleEnd: .init(scans: 4, silenceNanoseconds: 60_000_000_000))
    _ = pipeline.offer(sample: 1, scan: 4)
    #expect(pipeline.answers(untilFinals: 1).map(\.scans) == [4, 4])
    _ = pipeline.offer(sample: 2, scan: 1)
    pipeline.control.use(sampleEnd: .init(scans: 4, silenceNanoseconds: 50_000_000))
    #expect(pipeline.answers(untilFinals: 1).map(\.scans) == [1, 1])
  }

  @Test func `a lane that was given to another scanner begins that one's sample`() throws {
    let pipeline = try DrivenPipeline(lanes: Limits.scanners, scans: 60)
    try pipeline.start()
    _ = pipeline.offer(sample: 1, scan: 1, lane: 3)
    pipeline.giveBack(lane: 3)
    pipeline.begin("of the old", lane: 3)
    #expect(pipeline.outcomes(1).map(\.isSuccess) == [true])
    try pipeline.addLane()
    pipeline.begin("of the new", lane: Limits.scanners)
    pipeline.begin("of nobody", lane: 3)
    let answers = pipeline.answers(untilFinals: 2)
    #expect(answers.map(\.lane) == [3, 3, 3, 3])
    #expect(answers.map(\.sample) == ["1", "1", "of the old", "of the old"])
    let begun = try #require(pipeline.nextAnswer())
    #expect(begun.lane == Limits.scanners && begun.sample == "of the new")
    #expect(pipeline.outcomes(3).last == .failure(.noSuchScanner(4)))
  }

  @Test func `an answer says when it was complete`() throws {
    let pipeline = try DrivenPipeline(scans: 2)
    try pipeline.start()
    for scan in 1...2 { _ = pipeline.offer(sample: 1, scan: scan) }
    for answer in pipeline.answers(untilFinals: 1) {
      let latency = try #require(answer.answeredAfterNanoseconds)
      #expect((1...5_000_000_000).contains(latency))
    }
  }
}

extension Result {
  fileprivate var isSuccess: Bool { if case .success = self { true } else { false } }
}
