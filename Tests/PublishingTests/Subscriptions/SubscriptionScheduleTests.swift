import Publishing
import Spectra
import Testing

/// Publishing, commits that lag, retention, slow clients and those that come back, at random.
@Suite(.serialized, .timeLimit(.minutes(2))) struct SubscriptionScheduleTests {
  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `every client gets each number once, as a line or in a gap`(seed: UInt64) async throws {
    // The run before this one stored 30 numbers and crashed when it had reserved 64.
    let store = MemoryStore(next: 65)
    var truth = StreamTruth(newest: 64, oldest: 1, crashed: 31...64)
    let before = (1...30).map(storedLine)
    truth.note(before)
    truth.newest = 64
    store.commit(before)
    store.commit(.gap(31...64, reason: .crash))
    let initialTruth = truth
    try await withServer(store) {
      ($0.recentLinesMax, $0.queuedLinesMax, $0.historyPageLines) = (64, 16, 8)
      ($0.heartbeatInterval, $0.historyPause) = (.milliseconds(20), .milliseconds(1))
      ($0.historyPatience, $0.shutdownTimeout) = (.seconds(600), .milliseconds(1))
    } run: { server, _ in
      var schedule = RandomSchedule(seed: seed, server: server, store: store, truth: initialTruth)
      try await schedule.run(steps: 300)
      try await schedule.finish()
      for journey in schedule.journeys {
        #expect(journey.complaints.first == nil, "seed \(seed)")
        #expect(journey.position == schedule.truth.newest, "seed \(seed)")
      }
      let told = schedule.journeys.reduce(0) { $0 + $1.droppedCount }
      // A client that goes away before it was told of a gap reads those lines when it comes back.
      #expect(server.counters.subscribers.dropped >= told, "seed \(seed)")
      if schedule.departures == 0 { #expect(server.counters.subscribers.dropped == told) }
    }
  }
}
