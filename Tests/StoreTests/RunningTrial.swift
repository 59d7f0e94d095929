import Foundation

/// A run of `storetrial`, which is built with the tests.
final class RunningTrial {
  private let process = Process()
  private let outputPath: String

  /// Starts a trial with a store's folder; its input stays open.
  init(_ trial: String, _ folder: String) throws {
    outputPath = folder + ".output-" + UUID().uuidString
    try Data().write(to: URL(filePath: outputPath))
    process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appending(component: "storetrial")
    process.arguments = [trial, folder]
    process.standardInput = Pipe()
    process.standardOutput = FileHandle(forWritingAtPath: outputPath)
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    try? FileManager.default.removeItem(atPath: outputPath)
  }

  /// The whole lines that it printed so far.
  var lines: [String] {
    let text = (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? ""
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return lines.dropLast().filter { !$0.isEmpty }
  }

  /// Kills it after some time and returns the lines that it had printed.
  func killed(afterMilliseconds milliseconds: UInt64) -> [String] {
    usleep(UInt32(milliseconds) * 1_000)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    return lines
  }

  /// Runs one of the system's programs to its end; throws when it fails.
  static func run(_ program: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.featureUnsupported) }
  }

  /// Whether one of the system's programs is there.
  static func exists(_ program: String) -> Bool { (try? run(program, ["--version"])) != nil }
}
