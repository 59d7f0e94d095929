import Publishing
import Spectra

/// A repeatable generator (SplitMix64).
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

/// A stream, its store and clients that come, read, go and come back as a seed decides.
struct RandomSchedule {
  let server: PredictionServer
  let store: MemoryStore
  private(set) var truth: StreamTruth
  private(set) var journeys: [ClientJourney] = []
  private var random: SeededGenerator
  /// Published, but not committed yet.
  private var uncommitted: [NumberedLine] = []
  /// Lines lost by clients that went away before they were told of a gap.
  private(set) var departures = 0

  init(seed: UInt64, server: PredictionServer, store: MemoryStore, truth: StreamTruth) {
    (self.server, self.store, self.truth) = (server, store, truth)
    random = SeededGenerator(seed: seed)
  }

  /// Lets so many things happen.
  mutating func run(steps: Int) async throws {
    for _ in 0..<steps {
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<30: publish()
      case 30..<50: commit(through: Int.random(in: 0...uncommitted.count, using: &random))
      case 50..<55: expire()
      case 55..<60: deleteSample()
      case 60..<65: try await arrive()
      case 65..<85: journeys.randomElement(using: &random)?.outlet.grant(randomGrant())
      case 85..<92: try await comeBack()
      case 92..<95: store.hold()
      default: store.release()
      }
      for index in journeys.indices { journeys[index].check(truth) }
    }
  }

  /// Commits what is left, lets every client read as much as it likes and waits until it has.
  mutating func finish() async throws {
    commit(through: uncommitted.count)
    store.release()
    for journey in journeys { journey.outlet.grant(.max / 2) }
    for index in journeys.indices {
      try await eventually {
        journeys[index].check(truth)
        return journeys[index].position == truth.newest || !journeys[index].complaints.isEmpty
      }
    }
  }

  private mutating func publish() {
    let events = (0..<Int.random(in: 1...20, using: &random)).map { _ in
      numbered(
        Int(truth.newest),
        scanner: ["A", "B", "C"].randomElement(using: &random) ?? "A",
        sampleId: "sample \(truth.newest / 16)",
        isFinal: Bool.random(using: &random)
      )
    }
    let lines = server.publish(events)
    truth.note(lines)
    uncommitted += lines
  }

  private mutating func commit(through count: Int) {
    for line in uncommitted.prefix(count) {
      if truth.deletedSamples.contains(line.sampleId ?? "") {
        store.commit(.gap(line.sequence...line.sequence, reason: .deleted))
      } else if Int.random(in: 0..<20, using: &random) == 0 {
        truth.notStored.insert(line.sequence)
        store.commit(.gap(line.sequence...line.sequence, reason: .notStored))
      } else {
        store.commit(.line(line))
      }
    }
    uncommitted.removeFirst(count)
  }

  private mutating func expire() {
    let oldest = store.oldest
    guard store.committed > oldest else { return }
    let next = UInt64.random(in: oldest...min(store.committed, oldest + 60), using: &random)
    truth.oldest = max(truth.oldest, next)
    store.expire(before: next)
  }

  private mutating func deleteSample() {
    let number = UInt64.random(in: 1...truth.newest, using: &random)
    guard let sample = truth.lines[number]?.sampleId else { return }
    truth.deletedSamples.insert(sample)
    for line in truth.lines.values
    where line.sampleId == sample && line.sequence <= store.committed
      && line.sequence >= store.oldest
    {
      store.delete(line.sequence)
    }
    server.forget(sampleId: sample)
  }

  private mutating func arrive() async throws {
    guard journeys.count < 12 else { return }
    let after: UInt64? =
      Bool.random(using: &random) ? nil : UInt64.random(in: 0...truth.newest, using: &random)
    let filter = SubscriptionFilter(
      scanners: Bool.random(using: &random) ? nil : ["A", "C"],
      types: Bool.random(using: &random) ? nil : [.prediction],
      finalOnly: Bool.random(using: &random)
    )
    var journey = ClientJourney(position: after ?? truth.newest, filter: filter)
    try await journey.connect(to: server, stream: store.stream, credit: randomGrant())
    journeys.append(journey)
  }

  private mutating func comeBack() async throws {
    guard let index = journeys.indices.randomElement(using: &random) else { return }
    journeys[index].outlet.hangUp()
    journeys[index].check(truth)
    departures += 1
    try await journeys[index].connect(to: server, stream: store.stream, credit: randomGrant())
  }

  private mutating func randomGrant() -> Int {
    [0, 1, 5, 40, 1_000].randomElement(using: &random) ?? 0
  }
}
