import Foundation
import Spectra
import Testing

/// spectractl beside a real daemon and its store.
@Suite struct ControlDaemonTests {
  @Test func `a sample's way from its beginning to its erasure`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 4)
    let daemon = try laboratory.startDaemon(settings: ["acquisition.mode=onRequest"])
    let simulator = try laboratory.startSimulator(
      replaying: recording,
      ["--repeat", "--sample-gap", "0"]
    )
    try laboratory.waitForScanner(daemon, simulator)

    let begun = try laboratory.control("sample", "begin", "donor 7")
    let sampleId = begun.output.trimmingCharacters(in: .newlines)
    try #require(begun.status == 0 && sampleId.count == 26, "\(begun.errors)\(daemon.errors)")
    let scans = try laboratory.control("scan", "--count", "3", "--json")
    #expect(
      try StreamLine.lines(of: scans.output).map(\.sampleId) == [sampleId, sampleId, sampleId]
    )
    let ended = try laboratory.control("sample", "end")
    #expect(ended.output == sampleId + "\n", "\(ended.errors)")

    #expect(try laboratory.control("label", sampleId, "ripeness", "ripe").status == 0)
    let isListed = try eventually(seconds: 10) {
      try laboratory.control("history", "--labelled", "--json").output.contains(sampleId)
    }
    #expect(isListed)
    let file = laboratory.folder.path("labelled.scans.ndjson")
    let export = try laboratory.control("export", file, "--labelled")
    try #require(export.status == 0, "\(export.errors)")
    let exported = try RecordingReader.read(paths: [file])
    let original = try RecordingReader.read(paths: [recording])
    #expect(exported.scans.map(\.sampleSignal) == original.scans.prefix(3).map(\.sampleSignal))
    #expect(
      exported.scans.allSatisfy { $0.sample == "donor 7" && $0.labels == ["ripeness": "ripe"] }
    )

    let deleted = try laboratory.control("sample", "delete", sampleId, "--yes")
    #expect(deleted.output.contains("is erased, 3 scans"), "\(deleted.errors)")
    #expect(try laboratory.control("sample", "show", sampleId).status == 66)
    let empty = try laboratory.control("export", laboratory.folder.path("none.scans.ndjson"))
    #expect(empty.status == 66)
  }

  @Test func `a check against its own baseline passes and leaves no sample`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 4)
    let daemon = try laboratory.startDaemon(settings: ["acquisition.mode=onRequest"])
    let simulator = try laboratory.startSimulator(
      replaying: recording,
      ["--repeat", "--sample-gap", "0"]
    )
    try laboratory.waitForScanner(daemon, simulator)
    #expect(try laboratory.control("check", "--scans", "4").status == 66)
    let baseline = try laboratory.control("check", "--scans", "4", "--baseline")
    #expect(baseline.status == 0, "\(baseline.errors)\(daemon.errors)")
    let check = try laboratory.control("check", "--scans", "4", "--json")
    #expect(check.status == 0, "\(check.output)\(check.errors)")
    #expect(check.output.contains(#""verdict":"pass""#))
    #expect(try laboratory.control("history", "--json").output.isEmpty)
  }

  @Test func `record has every scan as the scanner made it`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 2, scans: 5)
    let daemon = try laboratory.startDaemon(settings: ["sample.scans=5"])
    let file = laboratory.folder.path("live.scans.ndjson")
    let record = try RunningProgram(
      "spectractl",
      ["record", file, "--samples", "2", "--socket", laboratory.controlSocket],
      in: laboratory.folder
    )
    // The subscription stands before the first scan.
    let isListening = try eventually(seconds: 30) {
      try laboratory.control("status", "--json").output.contains(#""connected":2"#)
    }
    try #require(isListening, "\(record.errors)\(daemon.errors)")
    let simulator = try laboratory.startSimulator(replaying: recording, ["--sample-gap", "0"])
    #expect(record.waitForExit() == 0, "\(record.errors)\(simulator.errors)")
    let recorded = try RecordingReader.read(paths: [file])
    let original = try RecordingReader.read(paths: [recording])
    #expect(recorded.scans.map(\.sampleSignal) == original.scans.map(\.sampleSignal))
    #expect(recorded.scans.map(\.temperatureCelsius) == original.scans.map(\.temperatureCelsius))
  }

  @Test func `a resuming watch sees every number once over a kill`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 5)
    let settings = ["sample.scans=5"]
    let first = try laboratory.startDaemon(settings: settings)
    let watch = try RunningProgram(
      "spectractl",
      ["watch", "--since", "0", "--json", "--count", "60", "--socket", laboratory.controlSocket],
      in: laboratory.folder
    )
    let simulator = try laboratory.startSimulator(
      replaying: recording,
      ["--repeat", "--sample-gap", "0"]
    )
    let isWatching = eventually(seconds: 30) {
      watch.output.components(separatedBy: #""prediction""#).count > 20
    }
    try #require(isWatching, "\(watch.errors)\(first.errors)")
    first.kill(SIGKILL)
    _ = first.waitForExit()
    let second = try laboratory.startDaemon(settings: settings)
    #expect(watch.waitForExit(seconds: 60) == 0, "\(watch.errors)\(second.errors)")
    _ = simulator
    var covered: [Int] = []
    for line in watch.output.split(separator: "\n") {
      let event = try JSONDecoder().decode(NumberedLine.self, from: Data(line.utf8))
      if let number = event.seq { covered.append(number) }
      if let from = event.from, let to = event.to { covered += Array(from...to) }
    }
    #expect(covered == Array(1...covered.count))
  }

  @Test func `status, scanners and metrics tell of the same scanner`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 5)
    let daemon = try laboratory.startDaemon()
    let simulator = try laboratory.startSimulator(
      replaying: recording,
      ["--repeat", "--sample-gap", "0"]
    )
    try laboratory.waitForScanner(daemon, simulator)
    #expect(try laboratory.control("status").output.contains("SIM0001"))
    #expect(try laboratory.control("scanners", "--json").output.contains(#""scanner":"SIM0001""#))
    let metrics = try laboratory.control("metrics")
    #expect(metrics.output.contains("\nspectrad_up 1\n"), "\(metrics.errors)")
    #expect(metrics.output.contains(#"spectrad_scanner_ready{scanner="SIM0001"} 1"#))
    #expect(metrics.output.contains(#"le="+Inf""#))
  }

  @Test func `a damaged line is a gap, and everything else can still be had`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 2, scans: 5)
    let first = try laboratory.startDaemon(settings: ["sample.scans=5"])
    let simulator = try laboratory.startSimulator(replaying: recording, ["--sample-gap", "0"])
    try #require(simulator.waitForText("recording exhausted"), "\(first.errors)")
    first.kill(SIGTERM)
    #expect(first.waitForExit() == 0, "\(first.errors)")
    let damage = """
      import sqlite3, sys
      store = sqlite3.connect(sys.argv[1])
      last = "select sequence from tally order by sample limit 1"
      store.execute(f"update event set line = x'7b7d' where sequence in (4, ({last}))")
      store.commit()
      """
    let python = Process()
    python.executableURL = URL(filePath: "/usr/bin/python3")
    python.arguments = ["-c", damage, laboratory.storeFolder + "/store.sqlite"]
    try python.run()
    python.waitUntilExit()
    try #require(python.terminationStatus == 0)
    let second = try laboratory.startDaemon(settings: ["sample.scans=5"])
    let history = try laboratory.control("history", "--json")
    #expect(history.status == 0, "\(history.errors)\(second.errors)")
    #expect(history.output.split(separator: "\n").count == 2)
    let watch = try laboratory.control("watch", "--since", "0", "--json", "--count", "5")
    #expect(watch.status == 0, "\(watch.errors)")
    #expect(watch.output.contains(#""from":4,"to":4,"reason":"notStored""#))
  }

  @Test func `scans that were asked for end with the client`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 5)
    let daemon = try laboratory.startDaemon(settings: ["acquisition.mode=onRequest"])
    let simulator = try laboratory.startSimulator(
      replaying: recording,
      speed: "10",
      ["--repeat", "--sample-gap", "0"]
    )
    try laboratory.waitForScanner(daemon, simulator)
    for _ in 0..<20 {
      let socket = try RawLines(path: laboratory.controlSocket, separator: 0)
      try socket.send(
        #"{"method":"io.spectrad.Scan","parameters":{"count":1000},"more":true}"# + "\0"
      )
    }
    // Only then is it theirs: with twenty thousand scans before it, nobody would see it.
    let scan = try laboratory.control("scan", "--count", "2", "--json")
    #expect(scan.status == 0, "\(scan.errors)\(daemon.errors)")
    #expect(scan.output.split(separator: "\n").count == 2)
  }

  @Test func `metrics are written into what is no file, and behind a link`() throws {
    let folder = try TemporaryFolder()
    let (file, link) = (folder.path("metrics.prom"), folder.path("link"))
    try "old".write(toFile: file, atomically: false, encoding: .utf8)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
    let arguments = ["metrics", "--socket", folder.path("nobody"), "--output"]
    _ = try ProgramResult("spectractl", arguments + [link], in: folder)
    #expect(try String(contentsOfFile: file, encoding: .utf8).contains("spectrad_up 0"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file)
    let pipe = folder.path("pipe")
    // SAFETY: the path is NUL-terminated for the call.
    try #require(unsafe mkfifo(pipe, 0o600) == 0)
    // Both ends, so that nobody waits for the other.
    // SAFETY: as above.
    let descriptor = unsafe open(pipe, O_RDWR)
    defer { close(descriptor) }
    _ = try ProgramResult("spectractl", arguments + [pipe], in: folder)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    // SAFETY: at most the buffer's bytes are written.
    let count = unsafe read(descriptor, &buffer, buffer.count)
    #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).contains("spectrad_up 0"))
  }

  @Test func `a bundle that was installed can be loaded`() throws {
    let laboratory = try Laboratory()
    let into = laboratory.folder.path("bundles")
    let installed = try ProgramResult(
      "spectractl",
      ["bundle", "install", ProjectFiles.bundle, "--into", into],
      in: laboratory.folder
    )
    #expect(installed.status == 0, "\(installed.errors)")
    let daemon = try laboratory.startDaemon(bundle: "", settings: ["bundle.folder=\(into)"])
    let unknown = try laboratory.control("bundle", "load", "none")
    #expect(unknown.status == 66, "\(unknown.errors)\(daemon.errors)")
    let loaded = try laboratory.control("bundle", "load", "tests")
    #expect(loaded.output.hasPrefix("tests@1.0.0 is loaded"), "\(loaded.errors)\(daemon.errors)")
    #expect(try laboratory.control("bundle", "list", "--json").output.contains(#""selected":true"#))
    #expect(try laboratory.control("status").output.contains("tests@1.0.0"))
  }
}

/// What the numbers of a stream can be told by.
private struct NumberedLine: Decodable {
  var seq: Int?
  var from: Int?
  var to: Int?
}

extension Laboratory {
  /// Runs a command that asks this laboratory's daemon.
  fileprivate func control(_ arguments: String...) throws -> ProgramResult {
    try ProgramResult("spectractl", arguments + ["--socket", controlSocket], in: folder)
  }

  /// Waits until the daemon says that its scanner is ready.
  fileprivate func waitForScanner(_ daemon: RunningProgram, _ simulator: RunningProgram) throws {
    let isReady = try eventually(seconds: 30) {
      try control("scanners", "--json").output.contains(#""state":"ready""#)
    }
    try #require(isReady, "\(daemon.errors)\(simulator.errors)")
  }
}
