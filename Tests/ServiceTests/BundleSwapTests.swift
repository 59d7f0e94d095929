import Service
import Spectra
import Streaming
import Testing

/// Bundles that are exchanged while scans flow.
@Suite struct BundleSwapTests {
  @Test func `an open sample ends with the bundle it began with`() throws {
    let pipeline = try DrivenPipeline(lanes: 2, scans: 3)
    try pipeline.start()
    _ = pipeline.offer(sample: 1, scan: 1)
    _ = try #require(pipeline.nextAnswer())
    try pipeline.swapBundle(to: 2)
    let inUse = try #require(pipeline.nextAnswer())
    #expect(inUse.kind == .bundleInUse && inUse.generation == 2 && !inUse.hasScan)
    // The other scanner has no open sample.
    _ = pipeline.offer(sample: 1, scan: 1, lane: 1)
    #expect(try #require(pipeline.nextAnswer()).generation == 2)
    for scan in 2...4 { _ = pipeline.offer(sample: 1, scan: scan) }
    let answers = pipeline.answers(untilFinals: 1)
    #expect(answers.map(\.generation) == [1, 1, 1])
    #expect(answers.map(\.scans) == [2, 3, 3])
    #expect(pipeline.control.generations.count == 2)
    let retired = try #require(pipeline.nextAnswer())
    #expect(retired.kind == .bundleRetired && retired.generation == 1)
    let next = try #require(pipeline.nextAnswer())
    #expect(next.generation == 2 && next.scans == 1 && next.sample == "2")
  }

  @Test func `a bundle that nobody uses is given back by who reads its end`() throws {
    let pipeline = try DrivenPipeline(hasBundle: false)
    let first = Trace()
    let generations = pipeline.control.generations
    func swap(to generation: UInt32) throws {
      let classifier = try DrivenPipeline.makeClassifier()
      if generation == 1 { first.object = classifier }
      pipeline.control.use(classifier: classifier, generation: generation)
    }
    try pipeline.start()
    try swap(to: 1)
    #expect(try #require(pipeline.nextAnswer()).kind == .bundleInUse)
    try swap(to: 2)
    #expect(try #require(pipeline.nextAnswer()).generation == 2)
    let retired = try #require(pipeline.nextAnswer())
    #expect(retired.kind == .bundleRetired && retired.generation == 1)
    #expect(generations.bundle(of: 1) != nil && !first.isGone)
    generations.forget(1)
    #expect(generations.bundle(of: 1) == nil && first.isGone)
    #expect(generations.bundle(of: 2) != nil)
  }

  @Test func `a bundle that is overtaken before the pipeline looks is never used`() throws {
    let pipeline = try DrivenPipeline(scans: 2)
    for generation in 2...9 {
      try pipeline.swapBundle(to: UInt32(generation))
    }
    #expect(pipeline.control.generations.count == 2)
    _ = pipeline.offer(sample: 1, scan: 1)
    try pipeline.start()
    let answers = try (0..<3).map { _ in try #require(pipeline.nextAnswer()) }
    #expect(answers.map(\.kind) == [.bundleInUse, .bundleRetired, .prediction])
    #expect(answers.map(\.generation) == [9, 1, 9])
  }

  @Test func `without a bundle and with one again`() throws {
    let pipeline = try DrivenPipeline(scans: 1)
    try pipeline.start()
    pipeline.control.use(classifier: nil, generation: 0)
    pipeline.control.use(classifier: nil, generation: 0)
    _ = pipeline.offer(sample: 1, scan: 1)
    let without = pipeline.answers(untilFinals: 1)
    #expect(without.map(\.kind) == [.bundleInUse, .bundleRetired, .prediction, .prediction])
    #expect(without.map(\.generation) == [0, 1, 0, 0])
    #expect(without[2].reasons == .noBundle && without[3].reasons == .noBundle)
    try pipeline.swapBundle(to: 2)
    #expect(try #require(pipeline.nextAnswer()).generation == 2)
    _ = pipeline.offer(sample: 1, scan: 2)
    let with = pipeline.answers(untilFinals: 1)
    #expect(with.map(\.generation) == [2, 2] && with.map(\.isAccepted) == [true, true])
    // There is nothing of no bundle that would have to be given back.
    #expect(pipeline.control.generations.count == 2)
  }

  @Test func `a sample that was begun without scans ends with the bundle it began with`() throws {
    let pipeline = try DrivenPipeline()
    try pipeline.start()
    pipeline.begin("x")
    _ = try #require(pipeline.nextAnswer())
    try pipeline.swapBundle(to: 2)
    _ = try #require(pipeline.nextAnswer())
    pipeline.end()
    let end = try #require(pipeline.nextAnswer())
    #expect(end.isFinal && end.generation == 1 && end.scans == 0)
    #expect(try #require(pipeline.nextAnswer()).kind == .bundleRetired)
  }
}

/// Tells whether an object is still there.
// SAFETY (Sendable): it is set before the object is handed over, and then only asked.
private final class Trace: @unchecked Sendable {
  weak var object: BundleClassifier?
  var isGone: Bool { object == nil }
}
