import Foundation
import Testing
import spectrasim

/// The program from outside: its exit codes, and what it says and leaves when it ends early.
@Suite struct ExitCodeTests {
  struct Case: CustomTestStringConvertible {
    /// FOLDER stands for a folder with a file `text`, a folder `full.scans.ndjson` and no other.
    let command: String
    let code: Int32
    let says: [String]
    var testDescription: String { command }
  }

  private static let synthesize = "synthesize blood --seed 1 --donors 1 --scans 1 -o "
  private static let serve = "serve --synthesize blood --donors 1 --scans 1 "

  @Test(
    arguments: [
      Case(command: synthesize + "FOLDER/text", code: 64, says: ["/text'", ".scans.ndjson"]),
      Case(command: synthesize + "FOLDER/new.csv", code: 64, says: [".scans.ndjson"]),
      Case(
        command: synthesize + "FOLDER/full.scans.ndjson",
        code: 73,
        says: ["full.scans.ndjson: found a folder; expected a regular file"]
      ),
      Case(
        command: synthesize + "FOLDER/none/x.scans.ndjson",
        code: 73,
        says: ["none/x.scans.ndjson: cannot be written: No such file"]
      ),
      Case(command: "--replay FOLDER/none", code: 66, says: ["none: cannot be read"]),
      Case(command: "--replay FOLDER/text", code: 65, says: ["text: found"]),
      Case(
        command: serve + "--unix FOLDER/text",
        code: 73,
        says: ["text: found a regular file; expected a socket"]
      ),
      Case(
        command: serve + "--unix FOLDER/none/x.sock",
        code: 73,
        says: ["none/x.sock: cannot listen: No such file"]
      ),
      Case(
        command: serve + "--tcp 192.0.2.1:0",
        code: 69,
        says: ["tcp://192.0.2.1:0: cannot listen: Cannot assign requested address"]
      ),
      Case(command: serve + "--faults FOLDER/none", code: 66, says: ["none: cannot be read"]),
      Case(
        command: serve + "--faults FOLDER/text",
        code: 65,
        says: ["text: line 1: found 'no'; expected 'device'"]
      ),
      Case(
        command: serve + "--attach --vhci-folder FOLDER/none",
        code: 69,
        says: ["none/status: not found; expected the kernel module vhci-hcd"]
      ),
      Case(command: serve + "--maker kodak", code: 64, says: ["kodak", "ti", "innospectra"]),
      Case(command: serve + "--speed 1e308", code: 64, says: ["1e308", "from 0.001 to 1000000"]),
      Case(command: serve + "--tcp 3240", code: 64, says: ["'3240'", "expected HOST:PORT"]),
      Case(
        command: serve + "--unix /\(String(repeating: "x", count: 103))",
        code: 64,
        says: ["1 to 103 bytes"]
      ),
    ]
  )
  func `the exit code says what went wrong`(trial: Case) throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("text", "no recording\n")
    try FileManager.default.createDirectory(
      atPath: folder.path("full.scans.ndjson"),
      withIntermediateDirectories: false
    )
    let program = try SimulatorProgram(
      trial.command.split(separator: " ").map {
        $0.replacingOccurrences(of: "FOLDER", with: folder.path)
      }
    )
    #expect(program.waitForEnd() == .code(trial.code), "\(program.errors)")
    for text in trial.says { #expect(program.errors.contains(text), "\(program.errors)") }
    #expect(try folder.names == ["full.scans.ndjson", "text"])
    #expect(try String(contentsOfFile: folder.path("text"), encoding: .utf8) == "no recording\n")
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `an interrupted synthesis leaves nothing and ends by the signal`(signal: Int32) throws {
    let folder = try TemporaryFolder()
    let program = try SimulatorProgram(
      "synthesize blood --seed 1 --donors 1000000 --scans 4 -o".split(separator: " ").map(
        String.init
      ) + [folder.path("x.scans.ndjson")]
    )
    #expect(try eventually(seconds: 30) { try !folder.names.isEmpty }, "\(program.errors)")
    program.kill(signal)
    #expect(program.waitForEnd() == .signal(signal), "\(program.errors)")
    #expect(program.errors.contains("nothing was written"))
    #expect(try folder.names == [])
  }
}
