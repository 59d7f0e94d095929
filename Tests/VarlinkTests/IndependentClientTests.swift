import Foundation
import Synchronization
import Testing
import Varlink

/// Clients that others have written.
@Suite struct IndependentClientTests {
  /// A Python that has the package `varlink`: the one of `scripts/setup-venv.sh`, or the system's.
  private static let python: String? = {
    let root = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let found = [root.appending(path: ".venv/bin/python").path, "/usr/bin/env python3"]
    let chosen = ProcessInfo.processInfo.environment["TEST_PYTHON"].map { [$0] } ?? found
    return chosen.first { Program.run("\($0) -c 'import varlink'").status == 0 }
  }()

  /// The root of a system with systemd 256 or later; nil when varlinkctl is nowhere.
  private static let varlinkctlRoot: String? = {
    if let root = ProcessInfo.processInfo.environment["TEST_VARLINKCTL_ROOT"] { return root }
    return Program.run("command -v varlinkctl").status == 0 ? "/" : nil
  }()

  @Test(.enabled(if: python != nil, "needs the PyPI package varlink: `make venv`, or TEST_PYTHON"))
  func `the PyPI package varlink gets its answers`() async throws {
    let script = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "independent_client.py").path
    try await TestServer.run { server in
      let path = server.path
      let result = try await blocking {
        Program.run("timeout 60 \(Self.python ?? "") '\(script)' '\(path)'")
      }
      #expect(result.status == 0, "\(result.output)")
      #expect(server.service.begun.withLock { $0.last } == "last")
    }
  }

  private static let calls: [(String, String, Bool)] = [
    ("info UNIX", "io.spectrad", true),
    ("list-interfaces UNIX", "io.spectrad", true),
    ("list-methods UNIX io.spectrad", "io.spectrad.MeasureReference", true),
    ("introspect UNIX io.spectrad", "interface io.spectrad", true),
    (#"-j call UNIX io.spectrad.BeginSample '{"sample":"a"}'"#, #""sampleId":"a""#, true),
    (#"call UNIX io.spectrad.DeleteSample '{"sampleId":"x"}'"#, "io.spectrad.NoSuchSample", false),
    (#"call --more UNIX io.spectrad.Subscribe '{"after":5}'"#, #""bye""#, true),
    (#"call --oneway UNIX io.spectrad.BeginSample '{}'"#, "", true),
    (#"call UNIX io.spectrad.Subscribe '{}'"#, "org.varlink.service.ExpectedMore", false),
  ]

  @Test(
    .enabled(
      if: varlinkctlRoot != nil,
      "needs varlinkctl of systemd 256 or later, or TEST_VARLINKCTL_ROOT"
    ),
    arguments: calls
  )
  func `varlinkctl gets its answers`(
    arguments: String,
    expected: String,
    isSuccess: Bool
  ) async throws {
    let root = Self.varlinkctlRoot ?? "/"
    try await TestServer.run(below: root + "/tmp") { server in
      let path = root == "/" ? server.path : String(server.path.dropFirst(root.count))
      let command = arguments.replacing("UNIX", with: "unix:\(path)")
      let chroot = root == "/" ? "" : "chroot '\(root)' "
      let result = try await blocking { Program.run("timeout 60 \(chroot)varlinkctl \(command)") }
      #expect((result.status == 0) == isSuccess, "\(result.output)")
      #expect(result.output.contains(expected) || expected.isEmpty, "\(result.output)")
    }
  }
}

/// A command of the shell, run to its end.
private enum Program {
  static func run(_ command: String) -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "exec 2>&1; \(command)"]
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      return (-1, "\(error)")
    }
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }
}
