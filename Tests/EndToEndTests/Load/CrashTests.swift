import Foundation
import Store
import Testing

/// The daemon is killed at random moments, again and again, while scans pour in.
///
/// `CRASH_ROUNDS` says how often, 100 in `make crash-trial`; each `make test` does some, when all
/// other tests are over.
@Suite(.serialized, .enabled(if: LoadTests.areWanted, "LOAD_TESTS=1 runs them, as make test does"))
struct CrashTests {
  private static let rounds =
    ProcessInfo.processInfo.environment["CRASH_ROUNDS"].flatMap { Int($0) } ?? 6
  private static let seed =
    ProcessInfo.processInfo.environment["CRASH_SEED"].flatMap { UInt64($0) }
    ?? .random(in: 0...UInt64.max)

  @Test func `what was committed stays, and every number comes once`() async throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 10, scans: 20)
    let simulator = try laboratory.startSimulator(
      replaying: recording,
      ["--repeat", "--sample-gap", "0", "--devices", "2"]
    )
    let clients = [0, 0.02].map { ResumingClient(path: laboratory.controlSocket, pause: $0) }
    defer { for client in clients { client.stop() } }
    var generator = SplitMix(state: CrashTests.seed)
    var committed: [Int: String] = [:]
    for round in 1...CrashTests.rounds {
      let daemon = try laboratory.launchDaemon(scanners: 2)
      let isReady = try await daemon.showsText(" ready")
      try #require(isReady, "round \(round), seed \(CrashTests.seed): \(daemon.errors)")
      try await Task.sleep(for: .milliseconds(Int.random(in: 0...900, using: &generator)))
      daemon.kill(SIGKILL)
      try #require(try await daemon.exitStatus(seconds: 10) != nil)
      let found = try CrashTests.lines(laboratory.storeFolder, copyingTo: laboratory.folder, round)
      for (number, line) in committed where found[number] != line {
        Issue.record("round \(round), seed \(CrashTests.seed): \(number) was lost or changed")
        return
      }
      committed = found
    }
    try await finish(laboratory, clients, committed)
    withExtendedLifetime(simulator) {}
  }

  /// Starts the daemon a last time and lets the clients come to the end.
  private func finish(
    _ laboratory: Laboratory,
    _ clients: [ResumingClient],
    _ committed: [Int: String]
  ) async throws {
    let daemon = try laboratory.startDaemon(scanners: 2)
    let target = try #require(committed.keys.max()) + 1
    let hasCaughtUp = try await becomesTrue(seconds: 60) {
      clients.allSatisfy { ($0.watch.last ?? 0) > target }
    }
    let message = "seed \(CrashTests.seed): \(clients.map { $0.watch.last }) of \(target)"
    #expect(hasCaughtUp, "\(message)\n\(daemon.errors)")
    daemon.kill(SIGTERM)
    #expect(try await daemon.exitStatus(seconds: 20) == 0, "\(daemon.errors)")
    for client in clients {
      client.stop()
      #expect(client.watch.faults.isEmpty, "\(message): \(client.watch.faults.prefix(5))")
      #expect(client.errors.isEmpty, "\(message): \(client.errors.prefix(5))")
      #expect(client.connectionCount >= CrashTests.rounds)
      let differing = client.lines.filter { number, line in
        committed[number].map { $0 != line } ?? false
      }
      #expect(differing.isEmpty, "\(message): \(differing.keys.sorted().prefix(5)) differ")
    }
    if CrashTests.rounds >= 50 {
      print(
        "\(CrashTests.rounds) kills, seed \(CrashTests.seed): \(committed.count) events committed, "
          + clients.map {
            "a client read \($0.lines.count) and was told of \($0.watch.announced) in "
              + "\($0.connectionCount) connections"
          }.joined(separator: "; ")
      )
    }
  }

  /// Every line that the store holds, read from a copy: the daemon must find what the kill left.
  private static func lines(
    _ folder: String,
    copyingTo laboratory: TemporaryFolder,
    _ round: Int
  ) throws -> [Int: String] {
    let copy = laboratory.path("store-\(round)")
    try FileManager.default.copyItem(atPath: folder, toPath: copy)
    defer { try? FileManager.default.removeItem(atPath: copy) }
    let store = Store.open(
      folder: copy,
      settings: StoreSettings(ageDaysMax: nil, bytesMax: 1 << 40),
      report: { _ in }
    )
    defer { store.close() }
    var lines: [Int: String] = [:]
    var last: UInt64 = 0
    while true {
      let page = try store.page(after: last, limit: 1_000)
      guard page.through > last else { return lines }
      last = page.through
      for case .line(let line) in page.items {
        lines[Int(line.sequence)] = String(decoding: line.bytes.dropLast(), as: UTF8.self)
      }
    }
  }
}

/// Whether tests run that keep the whole machine busy for a while.
enum LoadTests {
  static let areWanted = ProcessInfo.processInfo.environment["LOAD_TESTS"] == "1"
}

/// A generator with a seed, so that a run can be told apart and come again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
