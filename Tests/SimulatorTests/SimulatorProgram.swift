import Foundation

/// The built `spectrasim` as a process of its own; killed when nobody refers to it.
final class SimulatorProgram {
  private let process = Process()
  private let folder: TemporaryFolder

  /// Starts the program of this build with its output and errors in files.
  init(_ arguments: [String]) throws {
    folder = try TemporaryFolder()
    process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appending(component: "spectrasim")
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(
      forWritingTo: URL(filePath: try folder.file("errors", ""))
    )
    try process.run()
  }

  deinit {
    guard process.isRunning else { return }
    kill(SIGKILL)
    process.waitUntilExit()
  }

  /// Everything that it has written to standard error.
  var errors: String {
    (try? String(contentsOfFile: folder.path("errors"), encoding: .utf8)) ?? ""
  }

  /// Sends a signal.
  func kill(_ signal: Int32) { Foundation.kill(process.processIdentifier, signal) }

  /// How it ended: its exit code or the signal; nil when it does not end in time.
  func waitForEnd(seconds: Double = 30) -> End? {
    guard eventually(seconds: seconds, { !process.isRunning }) else { return nil }
    switch process.terminationReason {
    case .uncaughtSignal: return .signal(process.terminationStatus)
    default: return .code(process.terminationStatus)
    }
  }

  enum End: Equatable {
    case code(Int32)
    case signal(Int32)
  }
}

/// Looks every few milliseconds whether something is the case; false when time is up.
func eventually(seconds: Double, _ isTrue: () throws -> Bool) rethrows -> Bool {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < deadline {
    if try isTrue() { return true }
    Thread.sleep(forTimeInterval: 0.003)
  }
  return try isTrue()
}
