import Foundation
import Testing

/// The daemon is asked to end while it waits for a scanner that says nothing.
@Suite struct SilentStopTests {
  @Test(arguments: ["start", "status", "errors", "size", "chunk 3"])
  func `over USBIP it ends at once`(reply: String) async throws {
    try await check(reply) { try $0.launchDaemon() }
  }

  @Test(
    .enabled(if: MockedBus.isAvailable, "needs libumockdev-dev and libglib2.0-dev"),
    arguments: ["start", "chunk 3"]
  )
  func `over libusb it ends at once`(reply: String) async throws {
    try await check(reply) { try $0.launchDaemonOnMockedBus() }
  }

  private func check(
    _ reply: String,
    launchDaemon: @Sendable (Laboratory) throws -> RunningProgram
  ) async throws {
    try await TrialSlots.shared.run {
      let laboratory = try Laboratory()
      let recording = try FaultRecording.write(without: [], to: laboratory.folder)
      let script = laboratory.folder.path("faults.script")
      try "device 1 scan 4 silence on \(reply), for 60 s\n"
        .write(toFile: script, atomically: false, encoding: .utf8)
      let daemon = try launchDaemon(laboratory)
      let client = try laboratory.connect()
      let simulator = try laboratory.launchSimulator(
        replaying: recording,
        ["--sample-gap", "0", "--faults", script]
      )
      let isSilent = try await simulator.showsText("fault at scan 4")
      try #require(isSilent, "\(daemon.errors)\(simulator.errors)")
      let stop = ContinuousClock.now
      daemon.kill(SIGTERM)
      let saysGoodbye = try await client.awaitLines(seconds: 10) { $0.last?.type == "bye" }
      #expect(saysGoodbye)
      #expect(try await daemon.exitStatus(seconds: 10) == 0, "\(daemon.errors)")
      #expect(try #require(daemon.endTime) - stop <= .seconds(2))
      #expect(client.lines.count { $0.isPrediction && !$0.isFinal } == 3)
    }
  }
}
