import Foundation
import Testing

/// Scans at full speed with clients of every kind: nothing grows, nothing is lost in silence.
///
/// `SOAK_SCANS` says how many, 200,000 in `make soak`; each `make test` does some thousands, when
/// all other tests are over: these keep the machine busy.
@Suite(.serialized, .enabled(if: LoadTests.areWanted, "LOAD_TESTS=1 runs them, as make test does"))
struct SoakTests {
  private static let scansMin =
    ProcessInfo.processInfo.environment["SOAK_SCANS"].flatMap { Int($0) } ?? 4_000
  /// Whether the run is long enough to speak of memory.
  private static var isLong: Bool { scansMin >= 50_000 }
  /// Settings of the clients' queues.
  ///
  /// A short run may share its machine, which then keeps prompt readers from reading for a while:
  /// their queues hold that. A long run, which is measured, has the queues that ship.
  private static var queue: [String] { isLong ? [] : ["predictions.queueLines=8192"] }

  private struct Sample {
    var scans: Int
    var residentKilobytes: Int
    var descriptors: Int
  }

  @Test func `a daemon under load keeps its memory, its descriptors and its promises`() async throws
  {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 20, scans: 50)
    let simulator = try laboratory.startSimulator(
      replaying: recording,
      ["--repeat", "--sample-gap", "0", "--devices", "2"]
    )
    let daemon = try laboratory.startDaemon(
      scanners: 2,
      settings: ["store.maximumMebibytes=64"] + SoakTests.queue
    )
    let manners: [(LoadClient.Manner, Int)] = [(.reading, 20), (.slow, 8), (.vanishing, 4)]
    let clients = manners.flatMap { manner, count in
      (0..<count).map { _ in LoadClient(manner, path: laboratory.socket) }
    }
    defer { for client in clients { client.stop() } }
    let samples = try await measure(daemon, clients.filter { $0.manner == .reading })
    for client in clients { client.stop() }
    check(clients)
    try check(samples, daemon: daemon)
    daemon.kill(SIGTERM)
    #expect(try await daemon.exitStatus(seconds: 20) == 0, "\(daemon.errors)")
    withExtendedLifetime(simulator) {}
    report(samples, clients)
  }

  /// Looks at the daemon twenty times until every one of `clients` has seen enough lines.
  private func measure(_ daemon: RunningProgram, _ clients: [LoadClient]) async throws -> [Sample] {
    var samples: [Sample] = []
    for turn in 1...20 {
      let target = turn * SoakTests.scansMin / 20
      let areThere = try await becomesTrue(seconds: 120) {
        let seen = clients.map(\.seen)
        return seen.allSatisfy { $0.lineCount >= target } || seen.contains { !$0.faults.isEmpty }
      }
      let counts = clients.map(\.seen.lineCount)
      try #require(areThere, "\(counts) of \(target) lines\n\(daemon.errors)")
      samples.append(
        Sample(
          scans: counts[0],
          residentKilobytes: try #require(SoakTests.residentKilobytes(of: daemon.identifier)),
          descriptors: try #require(ProcessResources(of: daemon.identifier)).descriptors
        )
      )
    }
    return samples
  }

  private func check(_ clients: [LoadClient]) {
    for (index, client) in clients.enumerated() {
      let seen = client.seen
      #expect(seen.faults.isEmpty, "client \(index), \(client.manner): \(seen.faults.prefix(3))")
      guard client.manner == .reading else { continue }
      #expect(seen.announced.isEmpty, "client \(index) lost \(seen.announced)")
      #expect(seen.lineCount >= SoakTests.scansMin, "client \(index)")
    }
    #expect(clients.contains { $0.manner == .vanishing && $0.connectionCount > 1 })
  }

  private func check(_ samples: [Sample], daemon: RunningProgram) throws {
    // Clients that come and go hold at most one descriptor each.
    let descriptors = samples.map(\.descriptors)
    #expect(try #require(descriptors.max()) - descriptors[0] <= 8, "\(descriptors)")
    guard SoakTests.isLong else { return }
    // Warm after a quarter; then it may breathe, not grow.
    let warm = samples.dropFirst(5).map(\.residentKilobytes)
    let (first, last) = (warm.prefix(5).max() ?? 0, warm.suffix(5).max() ?? 0)
    #expect(last <= first + first / 20, "\(samples.map(\.residentKilobytes)) kB")
  }

  private func report(_ samples: [Sample], _ clients: [LoadClient]) {
    guard SoakTests.isLong else { return }
    print("scans\tresident MiB\tdescriptors")
    for sample in samples {
      print("\(sample.scans)\t\(sample.residentKilobytes / 1_024)\t\(sample.descriptors)")
    }
    for manner in [LoadClient.Manner.reading, .slow, .vanishing] {
      let those = clients.filter { $0.manner == manner }
      print(
        "\(those.count) clients \(manner): \(those.map(\.seen.lineCount).min() ?? 0) lines at least, "
          + "\(those.flatMap { $0.seen.announced.values }.reduce(0, +)) numbers in gaps, "
          + "\(those.map(\.connectionCount).reduce(0, +)) connections"
      )
    }
  }

  private static func residentKilobytes(of identifier: Int32) -> Int? {
    let text = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return line?.split(separator: " ").compactMap { Int($0) }.first
      ?? line?.split(separator: "\t").last.flatMap { Int($0.filter(\.isNumber)) }
  }
}
