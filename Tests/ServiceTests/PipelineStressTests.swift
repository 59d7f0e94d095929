import Acquisition
import Foundation
import Service
import Spectra
import Streaming
import Synchronization
import Testing

/// Scanners that come and go, samples that begin and end, bundles that change: all at once.
@Suite struct PipelineStressTests {
  /// So many scanners, once as many as there are lanes and once more; the last number is the seed.
  @Test(arguments: [(12, 1), (12, 2), (20, 3), (20, 4)])
  func `every scan is answered once, in order, by the bundle its sample began with`(
    scanners: Int,
    seed: UInt64
  ) throws {
    let trial = try StressTrial(scanners: scanners, seed: seed)
    let record = try trial.run()
    let problems = record.problems.prefix(5)
    #expect(problems.isEmpty, "seed \(seed): \(problems.joined(separator: "; "))")
    let answered = record.scans.mapValues(\.count)
    #expect(answered == trial.offered, "seed \(seed)")
    if scanners <= Limits.scanners {
      // Whoever keeps its lane keeps its order, too.
      let isInOrder = record.scans.values.allSatisfy { $0 == $0.sorted() }
      #expect(isInOrder, "seed \(seed)")
    }
    #expect(record.scans.values.allSatisfy { Set($0).count == $0.count }, "seed \(seed)")
    let outcomes = trial.outcomes.all
    #expect(outcomes.count == trial.requestCount, "seed \(seed): each request is answered once")
    let begun = outcomes.compactMap { outcome in try? outcome.get() }
    let areKnown = Set(begun).isSubset(of: record.samples)
    #expect(areKnown, "seed \(seed): a sample that was answered was not published")
    #expect(record.bundlesSeen > 3, "seed \(seed): the bundle changed \(record.bundlesSeen) times")
    let needed = Set(record.open.values).union([record.current])
    #expect(trial.generationsLeft == needed.count, "seed \(seed)")
  }
}

/// What the reader of the slots checks as they come.
private struct StressRecord {
  /// The scan numbers of each scanner, in the order of their answers.
  var scans: [Int: [UInt32]] = [:]
  /// The generation that each open sample began with.
  var open: [SampleIdentity: UInt32] = [:]
  var lastScan: [SampleIdentity: UInt32] = [:]
  var samples: Set<SampleIdentity> = []
  var current: UInt32 = 1
  var retired: Set<UInt32> = []
  var bundlesSeen = 0
  var losses: UInt64 = 0
  var problems: [String] = []

  mutating func take(_ answer: DrivenPipeline.Answer) {
    switch answer.kind {
    case .prediction: takePrediction(answer)
    case .sampleBegan: begin(answer)
    case .scansLost(let count): losses += count
    case .bundleInUse:
      (current, bundlesSeen) = (answer.generation, bundlesSeen + 1)
    case .bundleRetired:
      if answer.generation == current { problems.append("\(current) was retired in use") }
      if open.values.contains(answer.generation) { problems.append("retired too early") }
      retired.insert(answer.generation)
    }
  }

  private mutating func begin(_ answer: DrivenPipeline.Answer) {
    if !samples.insert(answer.identity).inserted { problems.append("a sample began twice") }
    if answer.generation != current {
      problems.append("a sample began with \(answer.generation) while \(current) was in use")
    }
    open[answer.identity] = answer.generation
  }

  private mutating func takePrediction(_ answer: DrivenPipeline.Answer) {
    if open[answer.identity] == nil { begin(answer) }
    if open[answer.identity] != answer.generation { problems.append("the bundle changed midway") }
    if retired.contains(answer.generation) { problems.append("\(answer.generation) was retired") }
    if answer.isFinal { open[answer.identity] = nil }
    guard answer.hasScan else { return }
    scans[answer.lane + 1, default: []].append(answer.scanIndex)
    if let last = lastScan.updateValue(answer.scanIndex, forKey: answer.identity),
      last >= answer.scanIndex
    {
      problems.append("scan \(answer.scanIndex) came after \(last)")
    }
  }
}

/// The pipeline's thread between three producers, one who asks for this and that, and the test.
private final class StressTrial {
  private static let producers = 3
  private static let turns = 60

  let outcomes = DrivenPipeline.Outcomes()
  let scannerCount: Int
  let seed: UInt64
  private let pipeline: DrivenPipeline
  private let lanes: ScannerLanes
  private let scansOffered = Mutex<[Int: Int]>([:])
  private let requests = Atomic<Int>(0)
  private let running = Atomic<Int>(0)

  init(scanners: Int, seed: UInt64) throws {
    (scannerCount, self.seed) = (scanners, seed)
    pipeline = try DrivenPipeline(lanes: 0, scans: 7, silence: .seconds(60), scanSlots: 16)
    lanes = pipeline.lanes
  }

  /// A copy of its own: ThreadSanitizer does not see that dictionaries count their references.
  var offered: [Int: Int] { scansOffered.withLock { $0.mapValues(\.self) } }
  var requestCount: Int { requests.load(ordering: .relaxed) }
  var generationsLeft: Int { pipeline.control.generations.count }

  func run() throws -> StressRecord {
    try pipeline.start()
    running.store(StressTrial.producers + 1, ordering: .relaxed)
    for producer in 0..<StressTrial.producers {
      Thread.detachNewThread { [self] in produce(producer) }
    }
    Thread.detachNewThread { [self] in demand() }
    var record = StressRecord()
    let deadline = ContinuousClock.now + .seconds(120)
    while true {
      readAll(into: &record)
      let isOver = running.load(ordering: .acquiring) == 0 && isAnswered(record)
      if isOver || ContinuousClock.now > deadline { break }
    }
    pipeline.askToStop()
    _ = pipeline.hasEnded(withinSeconds: 5)
    readAll(into: &record)
    return record
  }

  private func readAll(into record: inout StressRecord) {
    while let answer = pipeline.nextAnswer(within: .milliseconds(20)) {
      record.take(answer)
      if case .bundleRetired = answer.kind {
        pipeline.control.generations.forget(answer.generation)
      }
    }
  }

  private func isAnswered(_ record: StressRecord) -> Bool {
    record.scans.values.reduce(0) { $0 + $1.count } == offered.values.reduce(0, +)
      && outcomes.all.count == requestCount
  }

  /// Offers scans of some scanners, each as often as it is plugged in.
  private func produce(_ producer: Int) {
    var random = SeededGenerator(seed: seed &* 97 &+ UInt64(producer))
    var counts: [Int: UInt32] = [:]
    let own = (1...scannerCount).filter { $0 % StressTrial.producers == producer }
    for _ in 0..<StressTrial.turns {
      guard let scanner = own.randomElement(using: &random),
        let writer = try? lanes.take(for: UInt32(scanner))
      else { continue }
      pipeline.wake()
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let number = counts[scanner, default: 0] + 1
        counts[scanner] = number
        // A full ring drops the scan and counts it; here it is offered again.
        while !pipeline.offer(scan: Int(number), to: writer, scanner: UInt32(scanner)) {
          usleep(200)
        }
        scansOffered.withLock { $0[scanner, default: 0] += 1 }
      }
      lanes.give(back: writer)
    }
    running.subtract(1, ordering: .releasing)
  }

  /// Begins and ends samples, changes bundles and limits.
  private func demand() {
    var random = SeededGenerator(seed: seed)
    var generation: UInt32 = 1
    while running.load(ordering: .relaxed) > 1 || generation < 8 {
      let scanner = UInt32.random(in: 1...UInt32(scannerCount + 1), using: &random)
      switch Int.random(in: 0..<12, using: &random) {
      case 0..<5:
        requests.add(1, ordering: .relaxed)
        let name = SampleName("sample \(requestCount)")
        pipeline.control.beginSample(scanner: scanner, name: name, answer: outcomes.append)
      case 5..<10:
        requests.add(1, ordering: .relaxed)
        pipeline.control.endSample(scanner: scanner, answer: outcomes.append)
      case 10:
        let scans = Int.random(in: 1...9, using: &random)
        pipeline.control.use(sampleEnd: .init(scans: scans, silenceNanoseconds: 1 << 36))
      default:
        generation += 1
        try? pipeline.swapBundle(to: generation)
      }
      usleep(UInt32.random(in: 0...2_000, using: &random))
    }
    running.subtract(1, ordering: .releasing)
  }
}

// SAFETY (Sendable): its parts are made for several threads; `run` alone reads the slots.
extension StressTrial: @unchecked Sendable {}

/// SplitMix64: the same numbers for the same seed.
private struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
