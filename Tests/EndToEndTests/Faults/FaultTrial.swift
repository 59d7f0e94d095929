import Foundation
import Spectra
import Testing

/// One run of the simulator, the daemon and a client while something goes wrong.
struct FaultTrial {
  /// How many scans the scanner serves.
  static let scanCount = 12
  /// How many accepted scans a sample has: one ends before the scans do, and a third stays open.
  static let scansPerSample = 5

  let path: FaultPath
  private let laboratory: Laboratory

  init(over path: FaultPath) throws {
    self.path = path
    laboratory = try Laboratory()
  }

  /// Serves the recorded scans but those `without`, with the script's faults, to the end.
  ///
  /// Where the scanner does not come to the recording's end, so many states of it are waited for.
  func run(
    script: [String],
    without missing: Set<Int> = [],
    published: Int,
    lastState: Int? = nil
  ) async throws -> FaultOutcome {
    let recording = try FaultRecording.write(without: missing, to: laboratory.folder)
    let daemon = try await startDaemon()
    let client = try laboratory.connect()
    let isGreeted = try await client.awaitLines { !$0.isEmpty }
    try #require(isGreeted, "\(daemon.errors)")
    let simulator = try startSimulator(recording, script)
    if let lastState {
      _ = try await client.awaitLines(seconds: 40) { $0.scannerStates.count >= lastState }
      // Nothing more may come.
      _ = try await client.awaitLines(seconds: 0.5) { _ in false }
    } else {
      _ = try await client.awaitLines(seconds: 40) { _ in
        simulator.errors.contains("recording exhausted")
      }
      _ = try await client.awaitLines(seconds: 3) {
        $0.count { $0.isPrediction && !$0.isFinal } >= published
      }
    }
    let stop = ContinuousClock.now
    daemon.kill(SIGTERM)
    _ = try await client.awaitLines(seconds: 10) { $0.last?.type == "bye" }
    let status = try await daemon.exitStatus(seconds: 10)
    return FaultOutcome(
      lines: client.lines,
      recorded: try recordedScans(),
      exitStatus: status,
      stopTime: daemon.endTime.map { $0 - stop },
      leavesSocket: laboratory.folder.exists("predictions.sock"),
      firings: simulator.errors.split(separator: "\n").filter { $0.contains(": fault at scan ") }
        .map(String.init),
      daemonErrors: daemon.errors
    )
  }

  private func startSimulator(_ recording: String, _ script: [String]) throws -> RunningProgram {
    let file = laboratory.folder.path("faults.script")
    let text = script.map { "device 1 \($0)\n" }.joined()
    try text.write(toFile: file, atomically: false, encoding: .utf8)
    return try laboratory.launchSimulator(
      replaying: recording,
      ["--sample-gap", "0", "--faults", file]
    )
  }

  private func startDaemon() async throws -> RunningProgram {
    let settings = [
      "sample.scans=\(FaultTrial.scansPerSample)", "sample.silenceSeconds=86400",
      "recording.folder=\(laboratory.folder.path)",
    ]
    let daemon =
      switch path {
      case .usbip: try laboratory.launchDaemon(settings: settings)
      case .usb: try laboratory.launchDaemonOnMockedBus(settings: settings)
      }
    let isReady = try await daemon.showsText(" ready")
    try #require(isReady, "\(daemon.errors)")
    return daemon
  }

  private func recordedScans() throws -> [Scan] {
    let names = laboratory.folder.names(endingIn: ".scans.ndjson")
      .filter { $0 != FaultRecording.fileName }
    return try names.flatMap {
      try RecordingReader.read(paths: [laboratory.folder.path($0)]).scans
    }
  }
}

/// What was seen while something went wrong.
struct FaultOutcome: Sendable {
  /// All lines that the client read.
  var lines: [StreamLine]
  /// The scans that the daemon recorded.
  var recorded: [Scan]
  var exitStatus: Int32?
  /// How long the daemon took to end when it was asked to.
  var stopTime: Duration?
  var leavesSocket: Bool
  /// The faults that the simulator says have happened.
  var firings: [String]
  var daemonErrors: String

  /// The predictions after each scan, accepted or not.
  var answers: [StreamLine] { lines.filter { $0.isPrediction && !$0.isFinal } }

  /// The longest time between two accepted scans, in seconds.
  var longestPause: Double {
    let times = answers.filter { $0.quality?.accepted == true }
      .compactMap { $0.time.flatMap { Timestamp($0) }?.microsecondsSinceEpoch }
    return zip(times, times.dropFirst()).map { Double($1 - $0) / 1e6 }.max() ?? 0
  }
}

extension [StreamLine] {
  /// The scanner's states with reasons, from the first `ready` to the daemon's end.
  ///
  /// Whether a USB/IP server is asked while it has no device is a matter of time, so the answer to
  /// that, `importRefused`, is left out.
  var scannerStates: [String] {
    var states = filter { $0.type == "scanner" }.map { line in
      ([line.state ?? "?"] + (line.reason.map { [$0] } ?? [])).joined(separator: " ")
    }
    states.removeAll { $0 == "disconnected importRefused" }
    if states.last == "disconnected" { states.removeLast() }
    return [String](states.drop { !$0.hasPrefix("ready") })
  }
}

/// Whether two lines give each target the same class, doubts and, within 1e-9, probabilities.
func haveSameAnswers(_ line: StreamLine, _ other: StreamLine) -> Bool {
  guard let targets = line.targets, let others = other.targets, targets.count == others.count
  else { return false }
  return zip(targets, others).allSatisfy { target, other in
    target.name == other.name && target.class == other.class && target.reasons == other.reasons
      && target.probabilities.count == other.probabilities.count
      && target.probabilities.allSatisfy { isNear($0.value, other.probabilities[$0.key]) }
  }
}

/// Whether two numbers are equal within 1e-9, or both missing.
func isNear(_ found: Double?, _ expected: Double?) -> Bool {
  abs((found ?? .nan) - (expected ?? .nan)) <= 1e-9 || (found == nil && expected == nil)
}
