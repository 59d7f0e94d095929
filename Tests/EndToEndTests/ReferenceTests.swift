import Foundation
import Testing

@Suite struct ReferenceTests {
  private static let options = ["--repeat", "--sample-gap", "0"]

  @Test func `a reference is measured on request, used, kept and found again`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 10)
    let simulator = try laboratory.startSimulator(
      replaying: recording,
      speed: "50",
      ReferenceTests.options
    )
    let folder = laboratory.folder.path("references")
    let settings = ["reference.kind=user", "reference.folder=\(folder)"]
    var daemon = try laboratory.startDaemon(bundle: "", settings: settings)
    var client = try laboratory.connect()
    let hasScans1 = try client.read { $0.contains(where: \.isPrediction) }
    try #require(hasScans1, "\(daemon.errors)")
    // There is none yet: the factory's serves.
    #expect(client.lines.first { $0.isPrediction }?.reference?.kind == "factory")
    daemon.kill(SIGUSR1)
    let isUsed = try client.read { lines in lines.contains { $0.reference?.kind == "user" } }
    try #require(isUsed, "\(daemon.errors)\(simulator.errors)")
    #expect(daemon.waitForText("a reference was measured"))
    let first = try #require(client.lines.first { $0.reference?.kind == "user" })
    let age = try #require(first.reference?.ageSeconds)
    #expect(age > 0 && age < 30)
    #expect(FileManager.default.fileExists(atPath: folder + "/SIM0001.reference.json"))
    daemon.kill(SIGTERM)
    #expect(daemon.waitForExit() == 0)

    daemon = try laboratory.startDaemon(bundle: "", settings: settings)
    client = try laboratory.connect()
    let hasScans2 = try client.read { $0.contains(where: \.isPrediction) }
    try #require(hasScans2, "\(daemon.errors)")
    let again = try #require(client.lines.first { $0.isPrediction }?.reference)
    #expect(again.kind == "user")
    #expect(again.ageSeconds ?? 0 > age)
  }

  @Test(arguments: [
    (kind: "bundle", hours: "24", reference: "factory", reasons: [String]()),
    (kind: "user", hours: "24", reference: "user", reasons: ["referenceMismatch"]),
    (
      kind: "user", hours: "0.01", reference: "user",
      reasons: ["referenceMismatch", "referenceStale"]
    ),
  ])
  func `scans with another reference than the bundle's or an old one are rejected`(
    kind: String,
    hours: String,
    reference: String,
    reasons: [String]
  ) throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 10)
    let simulator = try laboratory.startSimulator(replaying: recording, ReferenceTests.options)
    let folder = laboratory.folder.path("references")
    let settings = [
      "reference.folder=\(folder)", "reference.kind=\(kind)", "reference.maximumAgeHours=\(hours)",
    ]
    // Measured before the daemon that is looked at, and made a minute old.
    let measuring = try laboratory.startDaemon(settings: settings)
    try #require(measuring.waitForText("the scanner is ready"), "\(simulator.errors)")
    measuring.kill(SIGUSR1)
    try #require(measuring.waitForText("a reference was measured"), "\(measuring.errors)")
    measuring.kill(SIGTERM)
    #expect(measuring.waitForExit() == 0)
    try age(folder + "/SIM0001.reference.json", bySeconds: 60)

    let daemon = try laboratory.startDaemon(settings: settings)
    let client = try laboratory.connect()
    let hasScans3 = try client.read { $0.contains(where: \.isPrediction) }
    try #require(hasScans3, "\(daemon.errors)")
    let line = try #require(client.lines.first { $0.isPrediction })
    #expect(line.reference?.kind == reference)
    #expect(line.quality?.reasons == reasons)
    #expect(line.quality?.accepted == reasons.isEmpty)
  }

  @Test func `of two scanners with one serial number only the one named by it keeps a reference`()
    throws
  {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 10)
    let sockets = ["one.sock", "other.sock"].map { laboratory.folder.path($0) }
    let simulators = try sockets.map { socket in
      try RunningProgram(
        "spectrasim",
        ["--replay", recording, "--unix", socket, "--speed", "50"] + ReferenceTests.options,
        in: laboratory.folder
      )
    }
    for simulator in simulators { try #require(simulator.waitForText("spectrasim: ready")) }
    let folder = laboratory.folder.path("references")
    let daemon = try RunningProgram(
      "spectrad",
      sockets.flatMap { ["--source", "usbip+unix://\($0)/1-1"] } + [
        "--bundle", "", "--socket", laboratory.socket, "--set", "reference.kind=user",
        "--set", "acquisition.statusPollMilliseconds=0",
      ] + laboratory.places.flatMap { ["--set", $0] },
      in: laboratory.folder
    )
    let client = try laboratory.connect()
    let areScanning = try client.read { lines in
      Set(lines.filter(\.isPrediction).map(\.scanner)).count == 2
    }
    try #require(areScanning, "\(daemon.errors)")
    daemon.kill(SIGUSR1)
    let isTold = try client.read { $0.contains { $0.reason == "referenceStoreFailed" } }
    try #require(isTold, "\(daemon.errors)")
    let refused = client.lines.filter { $0.reason == "referenceStoreFailed" }.map(\.scanner)
    #expect(Set(refused).count == 1 && refused.first != "SIM0001")
    let file = folder + "/SIM0001.reference.json"
    #expect(eventually(seconds: 10) { FileManager.default.fileExists(atPath: file) })
    let isUsed = try client.read { lines in
      lines.contains { $0.scanner == "SIM0001" && $0.reference?.kind == "user" }
    }
    #expect(isUsed, "\(daemon.errors)")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(files.count == 1, "\(files) \(simulators.map(\.errors))")
  }

  /// Moves the time of measurement back.
  private func age(_ path: String, bySeconds seconds: Double) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let member = text.firstMatch(of: /"time":"([^"]+)"/)
    let time = try #require(member).output.1
    let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    let earlier = try format.parse(String(time)).addingTimeInterval(-seconds)
    try text.replacing(time, with: earlier.formatted(format))
      .write(toFile: path, atomically: true, encoding: .utf8)
  }
}
