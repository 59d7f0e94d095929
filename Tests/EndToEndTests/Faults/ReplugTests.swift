import Foundation
import Testing

/// A scanner is plugged in again while its thread waits for its next attempt.
@Suite struct ReplugTests {
  @Test(.enabled(if: MockedBus.isAvailable, "needs libumockdev-dev and libglib2.0-dev"))
  func `a scanner that came back is not told to be gone`() async throws {
    try await TrialSlots.shared.run {
      let laboratory = try Laboratory()
      let recording = try FaultRecording.write(without: [], to: laboratory.folder)
      let script = laboratory.folder.path("faults.script")
      // The pauses between attempts grow to 3.2 s, of which the last begins after 3.1 s.
      try "device 1 scan 3 stall on status, 6 times\n"
        .write(toFile: script, atomically: false, encoding: .utf8)
      let options = ["--sample-gap", "0", "--repeat"]
      let simulator = try laboratory.startSimulator(
        replaying: recording,
        options + ["--faults", script]
      )
      let daemon = try laboratory.launchDaemonOnMockedBus()
      let client = try laboratory.connect()
      let isStalled = try await client.awaitLines(seconds: 20) { lines in
        lines.contains { $0.reason == "stalled" }
      }
      try #require(isStalled, "\(daemon.errors)\(simulator.errors)")
      try await Task.sleep(for: .milliseconds(3_800))
      // Whose server ends is unplugged, and plugged in as soon as it can be imported again.
      simulator.kill(SIGTERM)
      #expect(try await simulator.exitStatus(seconds: 10) == 0)
      let again = try laboratory.startSimulator(replaying: recording, options)
      let isBack = try await client.awaitLines(seconds: 20) { lines in
        (lines.lastIndex { $0.isPrediction } ?? 0) > (lines.lastIndex { $0.type == "scanner" } ?? 0)
          && lines.contains { $0.reason == "deviceGone" }
      }
      try #require(isBack, "\(daemon.errors)\(again.errors)")
      // As long as the pause that began before.
      _ = try await client.awaitLines(seconds: 4) { _ in false }
      #expect(client.lines.last { $0.type == "scanner" }?.state == "ready", "\(daemon.errors)")
      daemon.kill(SIGTERM)
      #expect(try await daemon.exitStatus(seconds: 10) == 0, "\(daemon.errors)")
    }
  }
}
