import Foundation
import Testing

/// `spectractl doctor` beside real programs; what it says of every situation, its own tests check.
@Suite struct DoctorTests {
  @Test func `beside a daemon that scans, all is well`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 5)
    let simulator = try laboratory.startSimulator(
      replaying: recording,
      ["--repeat", "--sample-gap", "0"]
    )
    let daemon = try laboratory.startDaemon()
    let client = try laboratory.connect()
    let isScanning = try client.read { $0.contains(where: \.isPrediction) }
    try #require(isScanning, "\(daemon.errors)\(simulator.errors)")
    let doctor = try laboratory.askDoctor(bundle: ProjectFiles.bundle)
    #expect(doctor.status == 0, "\(doctor.output)\(doctor.errors)")
    let findings = try DoctorFinding.lines(of: doctor.output)
    #expect(!findings.contains { $0.verdict == "problem" || $0.verdict == "notChecked" })
    #expect(findings.contains { $0.name == "serverAnswers" && $0.verdict == "ok" })
    #expect(findings.contains { $0.name == "answers" && $0.verdict == "ok" })
    #expect(findings.contains { $0.name == "ready" && $0.text.hasPrefix("SIM0001 (") })
    // The tests' bundle was not made for these donors, which may earn its answers a hint.
    #expect(findings.contains { $0.check == "scans" && $0.name != "quiet" })
    #expect(findings.contains { $0.name == "inUse" })
  }

  @Test func `without a daemon the doctor says so, and how to start it`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 5)
    let simulator = try laboratory.startSimulator(replaying: recording)
    let doctor = try laboratory.askDoctor(bundle: "")
    #expect(doctor.status == 1, "\(doctor.output)\(doctor.errors)\(simulator.errors)")
    let findings = try DoctorFinding.lines(of: doctor.output)
    let problems = findings.filter { $0.verdict == "problem" }
    #expect(problems.map(\.check) == ["daemon"])
    // Other tests' daemons run at the same time, with sockets of their own.
    #expect(["notRunning", "otherSocket"].contains(problems.first?.name))
    #expect(problems.first?.advice.isEmpty == false)
    #expect(findings.suffix(3).map(\.verdict) == ["notChecked", "notChecked", "notChecked"])
  }

  @Test func `without a server the doctor names it first`() throws {
    let laboratory = try Laboratory()
    let doctor = try laboratory.askDoctor(bundle: "")
    #expect(doctor.status == 1, "\(doctor.output)\(doctor.errors)")
    let problems = try DoctorFinding.lines(of: doctor.output).filter { $0.verdict == "problem" }
    #expect(problems.map(\.name) == ["connectionRefused"])
  }

  @Test func `a mistake of the configuration is told in the loader's words`() throws {
    let folder = try TemporaryFolder()
    let doctor = try ProgramResult("spectractl", ["doctor", "--set", "sample.scan=1"], in: folder)
    #expect(doctor.status == 1)
    #expect(doctor.output.hasPrefix("problem      configuration  "))
    #expect(doctor.output.contains("did you mean “sample.scans”?"))
    #expect(doctor.output.contains("\nnot checked  bundle         "))
    #expect(doctor.errors.isEmpty)
  }
}

/// One line of `spectractl doctor --json`.
private struct DoctorFinding: Decodable {
  struct Advice: Decodable {
    var say: String?
    var type: String?
  }

  var check: String
  var verdict: String
  var name: String
  var text: String
  var advice: [Advice]

  static func lines(of text: String) throws -> [DoctorFinding] {
    try text.split(separator: "\n").map {
      try JSONDecoder().decode(DoctorFinding.self, from: Data($0.utf8))
    }
  }
}

extension Laboratory {
  /// Asks the doctor about this laboratory's scanner and daemon.
  fileprivate func askDoctor(bundle: String) throws -> ProgramResult {
    try ProgramResult(
      "spectractl",
      [
        "doctor", "--json", "--socket", socket, "--set", "scanner.sources=\(source())",
        "--set", "bundle.path=\(bundle)",
      ],
      in: folder
    )
  }
}
