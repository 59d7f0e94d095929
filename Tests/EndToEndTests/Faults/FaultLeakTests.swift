import Foundation
import Testing

/// A fault that happens again and again leaves no descriptor and no thread behind.
@Suite struct FaultLeakTests {
  /// How often each fault happens, counted over all scanners.
  private static let times = 20

  /// A fault that happens to several scanners at once, where it takes long.
  struct Repetition: CustomTestStringConvertible {
    var fault: String
    var path: FaultPath
    var scanners = 1

    var testDescription: String { "\(fault), over \(path.rawValue)" }
  }

  private static let repetitions = [
    Repetition(fault: "unplug before start, replug after 20 ms", path: .usbip),
    Repetition(fault: "unplug after 30 packets, replug after 20 ms", path: .usbip),
    Repetition(fault: "reset, back after 20 ms", path: .usbip),
    Repetition(fault: "stall on chunk 3", path: .usbip),
    Repetition(fault: "failed scan", path: .usbip),
    Repetition(fault: "short packet on chunk 3", path: .usbip),
    Repetition(fault: "silence on chunk 3", path: .usbip, scanners: 10),
  ]

  private static let repetitionsOnUSB = [
    Repetition(fault: "unplug before start, replug after 20 ms", path: .usb),
    Repetition(fault: "unplug after 30 packets, replug after 20 ms", path: .usb),
    Repetition(fault: "reset, back after 20 ms", path: .usb),
    Repetition(fault: "stall on chunk 3", path: .usb),
    Repetition(fault: "silence on chunk 3", path: .usb, scanners: 10),
  ]

  @Test(arguments: repetitions)
  func `nothing is left behind`(repetition: Repetition) async throws {
    try await TrialSlots.shared.run { try await check(repetition) }
  }

  @Test(
    .enabled(if: MockedBus.isAvailable, "needs libumockdev-dev and libglib2.0-dev"),
    arguments: repetitionsOnUSB
  )
  func `nothing is left behind by libusb`(repetition: Repetition) async throws {
    try await TrialSlots.shared.run { try await check(repetition) }
  }

  private func check(_ repetition: Repetition) async throws {
    let laboratory = try Laboratory()
    let timesEach = FaultLeakTests.times / repetition.scanners
    let recording = try laboratory.synthesize(
      donors: repetition.scanners,
      scans: 2 * timesEach + 2
    )
    let program = try launchDaemon(repetition, laboratory)
    let isReady = try await program.showsText(" ready")
    try #require(isReady, "\(program.errors)")
    let daemon =
      switch repetition.path {
      case .usbip: program.identifier
      case .usb: try #require(ProcessResources.child(of: program.identifier, named: "spectrad"))
      }
    // The first time makes what is kept for good.
    let once = try await serve(recording, repetition, times: 1, laboratory)
    try #require(once.firings == repetition.scanners, "\(program.errors)")
    let before = try #require(ProcessResources(of: daemon))
    once.simulator.kill(SIGKILL)
    let again = try await serve(recording, repetition, times: timesEach, laboratory)
    #expect(again.firings == FaultLeakTests.times, "\(program.errors)")
    // A thread that has ended is joined a moment later, and the pool's go after some seconds.
    let isNoMore = try await becomesTrue(seconds: 8) {
      ProcessResources(of: daemon)?.isNoMore(than: before) ?? false
    }
    #expect(isNoMore, "\(before), then \(String(describing: ProcessResources(of: daemon)))")
    let stop = ContinuousClock.now
    program.kill(SIGTERM)
    #expect(try await program.exitStatus(seconds: 10) == 0, "\(program.errors)")
    #expect(try #require(program.endTime) - stop <= .seconds(2))
  }

  private func launchDaemon(
    _ repetition: Repetition,
    _ laboratory: Laboratory
  ) throws -> RunningProgram {
    let (count, settings) = (repetition.scanners, ["sample.silenceSeconds=86400"])
    return switch repetition.path {
    case .usbip: try laboratory.launchDaemon(scanners: count, settings: settings)
    case .usb: try laboratory.launchDaemonOnMockedBus(scanners: count, settings: settings)
    }
  }

  /// Serves the recording to its end, with the fault at every second scan; returns how often it
  /// happened.
  private func serve(
    _ recording: String,
    _ repetition: Repetition,
    times: Int,
    _ laboratory: Laboratory
  ) async throws -> (simulator: RunningProgram, firings: Int) {
    let script = laboratory.folder.path("faults-\(times).script")
    try (1...times).map { "device * scan \(2 * $0) \(repetition.fault)\n" }.joined()
      .write(toFile: script, atomically: false, encoding: .utf8)
    let simulator = try laboratory.launchSimulator(
      replaying: recording,
      ["--sample-gap", "0", "--devices", "\(repetition.scanners)", "--faults", script]
    )
    let isOver = try await becomesTrue(seconds: 50) {
      simulator.errors.components(separatedBy: "recording exhausted").count > repetition.scanners
    }
    try #require(isOver, "\(simulator.errors)")
    let firings = simulator.errors.components(separatedBy: ": fault at scan ").count - 1
    return (simulator, firings)
  }
}
