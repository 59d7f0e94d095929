import Acquisition
import Foundation
import Synchronization

/// A run of `usbtrial` on a bus that is not there, with scripted scanners plugged into it.
///
/// Both programs are built with the tests. The bus is Tests/USBMock, and needs umockdev.
final class MockedBus {
  /// A scanner and the faults of its plug, as `usbmock` takes them.
  typealias Plugged = (scanner: ScriptedScanner, faults: String)

  private let process = Process()
  private let output = Pipe()
  /// They answer for as long as the bus is there.
  private let scanners: [ScriptedScanner]

  /// Starts a trial; words after its name are its arguments.
  init(_ plugged: [Plugged], trial: String) throws {
    scanners = plugged.map(\.scanner)
    process.executableURL = MockedBus.program("usbmock")
    process.arguments = try plugged.flatMap { try MockedBus.arguments($0) } + ["--"]
    process.arguments?.append(MockedBus.program("usbtrial").path)
    process.arguments? += trial.split(separator: " ").map(String.init)
    process.standardInput = FileHandle.nullDevice
    // libusb then complains about whoever closes something too early, and what it has freed is
    // overwritten, so that nobody gets away with using it.
    process.environment = ProcessInfo.processInfo.environment
      .merging(["LIBUSB_DEBUG": "2", "MALLOC_PERTURB_": "165", "SWIFT_BACKTRACE": "enable=no"]) {
        $1
      }
    process.standardOutput = output
    process.standardError = output
    try process.run()
  }

  deinit {
    // The trial ends with the bus.
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// Runs a trial with one scanner to its end; returns the lines that it printed.
  static func run(
    _ trial: String,
    faults: String = "",
    manners: ScriptedScanner.Manners = .good
  ) throws -> [String] {
    let scanner = try ScriptedScanner(manners: manners)
    defer { scanner.stop() }
    return try MockedBus([(scanner, faults)], trial: trial).lines()
  }

  /// What the trial printed, after its end; it is killed if that takes longer than a minute.
  ///
  /// Of what libusb has to say, only complaints about what is still in use at an end are.
  func lines() throws -> [String] {
    let alarm = DispatchWorkItem { [process] in kill(process.processIdentifier, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + 60, execute: alarm)
    defer { alarm.cancel() }
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
      .filter { !$0.hasPrefix("libusb:") || $0.contains(/\[(do_close|libusb_exit)\]/) }
    if process.terminationStatus != 0 || process.terminationReason == .uncaughtSignal {
      lines.append("ended with \(process.terminationStatus)")
    }
    return lines
  }

  /// Whether `usbmock` could be built to do its work.
  static let isAvailable: Bool = {
    let probe = Process()
    probe.executableURL = program("usbmock")
    probe.standardError = FileHandle.nullDevice
    guard (try? probe.run()) != nil else { return false }
    probe.waitUntilExit()
    // Without arguments it complains about that, but only if it is more than a stub.
    return probe.terminationStatus == 64
  }()

  static func program(_ name: String) -> URL {
    URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(component: name)
  }

  private static func arguments(_ plugged: Plugged) throws -> [String] {
    guard case .usbip(let server) = try plugged.scanner.address(),
      case .unix(let path) = server.endpoint
    else { return [] }
    return ["--scanner", path, "1-1"] + plugged.faults.split(separator: " ").map(String.init)
  }
}
