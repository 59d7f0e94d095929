import Foundation
import Synchronization

/// One of the three programs as a process of its own; killed when nobody refers to it.
final class RunningProgram {
  private let process = Process()
  private let outputPath: String
  private let errorPath: String
  private let folder: TemporaryFolder
  private let end = ProgramEnd()

  private static let number = Atomic<Int>(0)

  /// Starts a program of this build; its output and errors go to files in `folder`.
  init(_ name: String, _ arguments: [String], in folder: TemporaryFolder) throws {
    let number = RunningProgram.number.add(1, ordering: .relaxed).newValue
    self.folder = folder
    outputPath = folder.path("\(name)-\(number).output")
    errorPath = folder.path("\(name)-\(number).errors")
    process.executableURL = URL(filePath: RunningProgram.path(of: name))
    process.arguments = arguments
    // Variables of the person who runs the tests must not configure the daemon.
    process.environment = ProcessInfo.processInfo.environment.filter {
      !$0.key.hasPrefix("SPECTRAD_")
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try RunningProgram.file(outputPath)
    process.standardError = try RunningProgram.file(errorPath)
    process.terminationHandler = { [end] _ in end.note() }
    try process.run()
  }

  /// Where a program of this build is.
  static func path(of name: String) -> String {
    URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(component: name)
      .path
  }

  deinit {
    guard process.isRunning else { return }
    kill(SIGKILL)
    _ = waitForExit(seconds: 5)
  }

  /// Everything that it has written to standard output.
  var output: String { RunningProgram.text(outputPath) }
  /// Everything that it has written to standard error.
  var errors: String { RunningProgram.text(errorPath) }

  /// Its number in /proc.
  var identifier: Int32 { process.processIdentifier }
  /// When it ended, noted at once, however late somebody looks; nil while it runs.
  var endTime: ContinuousClock.Instant? { end.time }

  /// Sends a signal.
  func kill(_ signal: Int32) { Foundation.kill(process.processIdentifier, signal) }

  /// Waits for a text in what it writes; false when it does not come or the program ends first.
  func waitForText(_ text: String, seconds: Double = 30) -> Bool {
    eventually(seconds: seconds) { output.contains(text) || errors.contains(text) }
  }

  /// The exit status, or nil when it does not end in time.
  func waitForExit(seconds: Double = 30) -> Int32? {
    guard eventually(seconds: seconds, { !process.isRunning }) else { return nil }
    return process.terminationStatus
  }

  /// Waits like `waitForText` and lets other tests go on meanwhile.
  func showsText(_ text: String, seconds: Double = 30) async throws -> Bool {
    try await becomesTrue(seconds: seconds) { output.contains(text) || errors.contains(text) }
  }

  /// Waits like `waitForExit` and lets other tests go on meanwhile.
  func exitStatus(seconds: Double) async throws -> Int32? {
    guard try await becomesTrue(seconds: seconds, { endTime != nil }) else { return nil }
    return process.terminationStatus
  }

  private static func file(_ path: String) throws -> FileHandle {
    try Data().write(to: URL(filePath: path))
    return try FileHandle(forWritingTo: URL(filePath: path))
  }

  private static func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }
}

/// When a program ended.
private final class ProgramEnd: Sendable {
  private let noted = Mutex<ContinuousClock.Instant?>(nil)

  var time: ContinuousClock.Instant? { noted.withLock { $0 } }

  func note() { noted.withLock { $0 = .now } }
}

/// What a program that was run to its end came to.
struct ProgramResult {
  let status: Int32?
  let output: String
  let errors: String

  /// Runs a program to its end.
  init(_ name: String, _ arguments: [String], in folder: TemporaryFolder) throws {
    let program = try RunningProgram(name, arguments, in: folder)
    status = program.waitForExit()
    (output, errors) = (program.output, program.errors)
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

/// Looks like `eventually`, and lets other tests go on meanwhile.
func becomesTrue(seconds: Double, _ isTrue: () throws -> Bool) async throws -> Bool {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < deadline {
    if try isTrue() { return true }
    try await Task.sleep(for: .milliseconds(5))
  }
  return try isTrue()
}
