import Acquisition
import Service
import Spectra
import Testing

@Suite struct ScannerLanesTests {
  @Test func `a scanner that returns gets the lane it had`() throws {
    let lanes = ScannerLanes(ringScans: 2)
    let first = try lanes.take(for: 1)
    let second = try lanes.take(for: 2)
    lanes.give(back: first)
    lanes.give(back: second)
    let secondAgain = try lanes.take(for: 2)
    let firstAgain = try lanes.take(for: 1)
    #expect(firstAgain === first && secondAgain === second)
  }

  @Test func `one scanner more than the limit gets no lane until another leaves`() throws {
    let lanes = ScannerLanes(ringScans: 2)
    let writers = try (1...Limits.scanners).map { try lanes.take(for: UInt32($0)) }
    let oneMore = UInt32(Limits.scanners + 1)
    #expect(throws: AcquisitionError.tooManyScanners(limit: Limits.scanners)) {
      try lanes.take(for: oneMore)
    }
    // The longest unused lane is given up first, not that of the scanner that just left.
    lanes.give(back: writers[4])
    lanes.give(back: writers[2])
    #expect(try lanes.take(for: oneMore) === writers[2])
    #expect(try lanes.take(for: 5) === writers[4])
    #expect(throws: AcquisitionError.tooManyScanners(limit: Limits.scanners)) {
      try lanes.take(for: 3)
    }
  }

  @Test func `a scanner has one lane at a time`() throws {
    let lanes = ScannerLanes(ringScans: 2)
    let writer = try lanes.take(for: 1)
    #expect(throws: AcquisitionError.previousConnectionOpen) { try lanes.take(for: 1) }
    lanes.give(back: writer)
    #expect(try lanes.take(for: 1) === writer)
  }

  @Test func `a lane given to another scanner ends the open sample and counts anew`() throws {
    let pipeline = try DrivenPipeline(scans: 3)
    try pipeline.start()
    for scan in 1...4 { _ = pipeline.offer(sample: 1, scan: scan, scanner: 7) }
    for scan in 1...4 { _ = pipeline.offer(sample: 2, scan: scan, scanner: 9) }
    var answers = pipeline.answers(untilFinals: 3)
    answers.append(try #require(pipeline.nextAnswer()))
    #expect(answers.map(\.lane) == [6, 6, 6, 6, 6, 6, 8, 8, 8, 8, 8])
    #expect(answers.map(\.scans) == [1, 2, 3, 3, 1, 1, 1, 2, 3, 3, 1])
    #expect(answers.map(\.sample) == ["1", "1", "1", "1", "2", "2", "1", "1", "1", "1", "2"])
  }

  @Test func `a lane that is made while the pipeline runs is served`() throws {
    let pipeline = try DrivenPipeline(lanes: 1, scans: 2)
    try pipeline.start()
    _ = pipeline.offer(sample: 1, scan: 1)
    _ = try #require(pipeline.nextAnswer())
    try pipeline.addLane()
    for scan in 1...2 { _ = pipeline.offer(sample: 2, scan: scan, lane: 1) }
    let answers = pipeline.answers(untilFinals: 1)
    #expect(answers.map(\.lane) == [1, 1, 1])
    #expect(answers.map(\.scans) == [1, 2, 2])
  }
}
