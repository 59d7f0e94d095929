import Service
import Spectra
import Streaming
import Testing

/// The pipeline's thread with real rings; ThreadSanitizer runs these as well.
@Suite struct PipelineTests {
  @Test func `scans that found the ring full are counted and told after those that did not`() throws
  {
    let pipeline = try DrivenPipeline(scans: 100)
    let written = (1...70).map { pipeline.offer(sample: 1, scan: $0) }
    #expect(written == Array(repeating: true, count: 64) + Array(repeating: false, count: 6))
    try pipeline.start()
    for scan in 1...64 {
      let answer = try #require(pipeline.nextAnswer())
      #expect(answer.kind == .prediction)
      #expect(answer.scanIndex == UInt32(scan) && answer.scans == scan)
    }
    let loss = try #require(pipeline.nextAnswer())
    #expect(loss.kind == .scansLost(count: 6))
    #expect(loss.lane == 0 && !loss.hasScan)
    let wasWritten = pipeline.offer(sample: 1, scan: 71)
    #expect(wasWritten)
    let next = try #require(pipeline.nextAnswer())
    #expect(next.scanIndex == 71 && next.scans == 65)
  }

  @Test func `a sample ends with the scan that completes it`() throws {
    let pipeline = try DrivenPipeline(scans: 3)
    try pipeline.start()
    for scan in 1...6 { _ = pipeline.offer(sample: 1, scan: scan) }
    let answers = pipeline.answers(untilFinals: 2)
    #expect(answers.map(\.scans) == [1, 2, 3, 3, 1, 2, 3, 3])
    #expect(answers.map(\.isFinal) == [false, false, false, true, false, false, false, true])
    #expect(answers.map(\.sample) == ["1", "1", "1", "1", "2", "2", "2", "2"])
    #expect(answers.map(\.hasScan) == answers.map { !$0.isFinal })
    #expect(answers.allSatisfy { $0.hasLatency && $0.isAccepted && $0.targetCount == 2 })
    #expect(Set(answers.map(\.identity)).count == 2)
  }

  @Test func `a rejected scan does not complete a sample`() throws {
    let pipeline = try DrivenPipeline(scans: 2)
    try pipeline.start()
    for scan in 1...4 { _ = pipeline.offer(sample: 1, scan: scan, isGood: scan % 2 == 0) }
    let answers = pipeline.answers(untilFinals: 1)
    #expect(answers.map(\.scans) == [0, 1, 1, 2, 2])
    #expect(answers.map(\.isAccepted) == [false, true, false, true, true])
    #expect(answers.first?.reasons == .sensorMissing)
  }

  @Test func `a silence ends a sample without a latency`() throws {
    let pipeline = try DrivenPipeline(silence: .milliseconds(50))
    try pipeline.start()
    let before = ContinuousClock.now
    for scan in 1...2 { _ = pipeline.offer(sample: 1, scan: scan) }
    let answers = pipeline.answers(untilFinals: 1)
    #expect(answers.map(\.scans) == [1, 2, 2])
    #expect(answers.map(\.hasLatency) == [true, true, false])
    #expect(ContinuousClock.now - before >= .milliseconds(50))
    _ = pipeline.offer(sample: 2, scan: 1)
    let next = pipeline.answers(untilFinals: 1)
    #expect(next.map(\.scans) == [1, 1])
    #expect(next.map(\.sample) == ["2", "2"])
  }

  @Test func `a silence without an accepted scan ends the sample with nothing`() throws {
    let pipeline = try DrivenPipeline(silence: .milliseconds(50))
    try pipeline.start()
    _ = pipeline.offer(sample: 1, scan: 1, isGood: false)
    let answers = pipeline.answers(untilFinals: 1)
    #expect(answers.map(\.scans) == [0, 0])
    #expect(answers.map(\.isAccepted) == [false, false])
  }

  @Test func `each scanner has samples of its own`() throws {
    let pipeline = try DrivenPipeline(lanes: 3, scans: 4)
    try pipeline.start()
    for scan in 1...8 {
      for lane in 0..<3 { _ = pipeline.offer(sample: lane, scan: scan, lane: lane) }
    }
    let answers = pipeline.answers(untilFinals: 6)
    for lane in 0..<3 {
      let own = answers.filter { $0.lane == lane }
      #expect(own.map(\.scans) == [1, 2, 3, 4, 4, 1, 2, 3, 4, 4])
      #expect(own.filter(\.isFinal).map(\.sample) == ["1", "2"])
      #expect(own.filter(\.hasScan).map(\.scanIndex) == Array(1...8))
    }
    #expect(Set(answers.map(\.identity)).count == 6)
  }

  @Test func `slow publishing holds the pipeline back and loses nothing`() throws {
    let pipeline = try DrivenPipeline(scans: 50, scanSlots: 256, predictionSlots: 4)
    try pipeline.start()
    for scan in 1...200 {
      let wasWritten = pipeline.offer(sample: 1, scan: scan)
      #expect(wasWritten)
    }
    var answers: [DrivenPipeline.Answer] = []
    for number in 0..<204 {
      if number % 40 == 0 { try pause() }
      answers.append(try #require(pipeline.nextAnswer()))
    }
    #expect(answers.filter(\.hasScan).map(\.scanIndex) == Array(1...200))
    #expect(answers.filter(\.isFinal).map(\.scans) == [50, 50, 50, 50])
    #expect(answers.allSatisfy { $0.kind == .prediction })
  }

  @Test func `without a bundle every scan says so`() throws {
    // Nobody accepts them, so all scans count towards the sample's end.
    let pipeline = try DrivenPipeline(scans: 3, hasBundle: false)
    try pipeline.start()
    for scan in 1...3 { _ = pipeline.offer(sample: 1, scan: scan) }
    let answers = pipeline.answers(untilFinals: 1)
    #expect(answers.count == 4)
    #expect(answers.allSatisfy { $0.reasons == .noBundle && !$0.isAccepted && $0.scans == 0 })
    #expect(answers.allSatisfy { $0.targetCount == 0 })
    #expect(answers.map(\.hasScan) == [true, true, true, false])
  }

  @Test func `scans that wait when the pipeline is stopped are still answered`() throws {
    let pipeline = try DrivenPipeline(scans: 100)
    for scan in 1...20 { _ = pipeline.offer(sample: 1, scan: scan) }
    pipeline.askToStop()
    try pipeline.start()
    for scan in 1...20 {
      let answer = try #require(pipeline.nextAnswer())
      #expect(answer.scanIndex == UInt32(scan))
    }
  }

  @Test func `a pipeline that waits for space does not miss that it is stopped`() throws {
    let pipeline = try DrivenPipeline(scans: 100, predictionSlots: 4)
    try pipeline.start()
    for scan in 1...4 { _ = pipeline.offer(sample: 1, scan: scan) }
    try pause()
    pipeline.askToStop()
    try pause()
    for scan in 1...4 {
      let answer = try #require(pipeline.nextAnswer(isSignalled: false))
      #expect(answer.scanIndex == UInt32(scan))
    }
    #expect(pipeline.hasEnded(withinSeconds: 2))
  }

  /// Long enough for the pipeline to fill the ring and wait.
  private func pause() throws {
    var nobody = try WakeUp()
    _ = nobody.wait(timeout: .milliseconds(20))
  }
}
