import Logging
import Service
import Streaming
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct WatchdogTests {
  @Test func `systemd hears nothing while a stage hangs and again when it goes on`() async throws {
    let pulses = StagePulses()
    let worker = pulses.add("pipeline")
    let signs = Counter()
    let lines = CollectedLines()
    let watchdog = try Watchdog(
      interval: .milliseconds(40),
      pulses: pulses,
      logger: Logger(label: "test") { _ in CollectingLog(lines: lines) },
      alive: { signs.count() }
    )
    try await eventually("the hang is told") {
      lines.all.contains { $0.messageID == OperatorMessage.stageHangs.messageID }
    }
    let before = signs.total
    try await Task.sleep(for: .milliseconds(120))
    #expect(signs.total == before, "systemd hears nothing while a stage hangs")
    #expect(lines.all.count == 1, "one line for one hang")
    #expect(lines.all.first?.metadata["stages"] == "pipeline")
    worker.waiting()
    try await eventually("a sign of life") { signs.total > before }
    try await eventually("the end of the hang is told") { lines.all.count == 2 }
    _ = consume watchdog
  }

  @Test func `systemd hears of a daemon that waits for work`() async throws {
    let pulses = StagePulses()
    pulses.add("pipeline").waiting()
    _ = pulses.add("event loop") { $0.working() }
    let signs = Counter()
    let watchdog = try Watchdog(
      interval: .milliseconds(20),
      pulses: pulses,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      alive: { signs.count() }
    )
    try await eventually("three signs of life") { signs.total >= 3 }
    _ = consume watchdog
    let after = signs.total
    try await Task.sleep(for: .milliseconds(60))
    #expect(signs.total == after, "the thread ends with its value")
  }

  private func eventually(_ what: String, _ isTrue: () -> Bool) async throws {
    for _ in 0..<3_000 where !isTrue() { try await Task.sleep(for: .milliseconds(10)) }
    #expect(isTrue(), "expected within 30 s: \(what)")
  }
}

private final class Counter: Sendable {
  private let value = Atomic<Int>(0)
  var total: Int { value.load(ordering: .relaxed) }
  func count() { value.add(1, ordering: .relaxed) }
}
