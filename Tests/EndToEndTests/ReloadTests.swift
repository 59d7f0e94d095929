import Foundation
import Testing

/// A reload brings a configuration and a bundle into force, or nothing at all.
@Suite struct ReloadTests {
  /// Starts a daemon whose configuration stands in a file.
  private static func start(
    _ laboratory: Laboratory,
    _ keys: [String]
  ) throws -> (daemon: RunningProgram, file: String) {
    let file = laboratory.folder.path("spectrad.conf")
    try write(keys, to: file)
    let settings = laboratory.places + ["acquisition.statusPollMilliseconds=0"]
    let daemon = try RunningProgram(
      "spectrad",
      ["--config", file, "--source", laboratory.source(), "--socket", laboratory.socket]
        + settings.flatMap { ["--set", $0] },
      in: laboratory.folder
    )
    try #require(daemon.waitForText(" ready"), "\(daemon.errors)")
    return (daemon, file)
  }

  private static func write(_ keys: [String], to file: String) throws {
    try (keys.joined(separator: "\n") + "\n").write(
      toFile: file,
      atomically: true,
      encoding: .utf8
    )
  }

  private static func reload(_ laboratory: Laboratory) throws -> ProgramResult {
    try ProgramResult(
      "spectractl",
      ["reload", "--socket", laboratory.controlSocket],
      in: laboratory.folder
    )
  }

  @Test func `what changed is named, and what needs a restart`() throws {
    let laboratory = try Laboratory()
    let (daemon, file) = try ReloadTests.start(laboratory, ["SAMPLE_SCANS=5"])
    try ReloadTests.write(
      ["SAMPLE_SCANS=3", "LOG_LEVEL=debug", "STORE_MAXIMUM_MEBIBYTES=64"],
      to: file
    )
    let result = try ReloadTests.reload(laboratory)
    #expect(result.status == 0, "\(result.errors)\(daemon.errors)")
    #expect(result.output.contains("sample.scans"))
    #expect(result.output.contains("log.level"))
    #expect(result.output.contains("store.maximumMebibytes"))
    #expect(daemon.errors.contains("applied=sample.scans,log.level"))
    #expect(daemon.errors.contains("restartNeeded=store.maximumMebibytes"))
  }

  @Test func `a mistake changes nothing and is told with its line`() throws {
    let laboratory = try Laboratory()
    let (daemon, file) = try ReloadTests.start(laboratory, ["SAMPLE_SCANS=5"])
    try ReloadTests.write(["SAMPLE_SCANS=3", "SAMPLE_SCAN=3"], to: file)
    let result = try ReloadTests.reload(laboratory)
    #expect(result.status != 0)
    #expect(result.errors.contains("\(file):2"), "\(result.errors)")
    try ReloadTests.write(["SAMPLE_SCANS=5", "BUNDLE_PATH=/nowhere"], to: file)
    let refused = try ReloadTests.reload(laboratory)
    #expect(refused.status != 0)
    #expect(refused.errors.contains("/nowhere"), "\(refused.errors)")
    try ReloadTests.write(["SAMPLE_SCANS=5"], to: file)
    let healed = try ReloadTests.reload(laboratory)
    #expect(healed.status == 0, "\(healed.errors)\(daemon.errors)")
  }

  @Test func `scans flow through reloads, and samples end as they then should`() async throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 3, scans: 40)
    let (daemon, file) = try ReloadTests.start(
      laboratory,
      ["SAMPLE_SCANS=5", "BUNDLE_PATH=\(ProjectFiles.bundle)"]
    )
    let client = try laboratory.connect()
    let simulator = try laboratory.startSimulator(replaying: recording, ["--sample-gap", "0"])
    for scans in [7, 4, 6] {
      try ReloadTests.write(
        ["SAMPLE_SCANS=\(scans)", "BUNDLE_PATH=\(ProjectFiles.bundle)"],
        to: file
      )
      let result = try ReloadTests.reload(laboratory)
      #expect(result.status == 0, "\(result.errors)\(daemon.errors)")
    }
    let isOver = try await client.awaitLines { $0.count { $0.isPrediction && !$0.isFinal } == 120 }
    #expect(isOver, "\(simulator.errors)\(daemon.errors)")
    #expect(!client.lines.contains { $0.type == "scansLost" })
    let numbers = client.lines.compactMap(\.seq)
    #expect(numbers == Array(numbers[0]..<(numbers[0] + numbers.count)))
    let lastFinal = try #require(client.lines.last { $0.isFinal })
    #expect(lastFinal.scans == 6)
  }

  @Test func `another source is read and one that is gone is not`() async throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 2, scans: 5)
    let simulator = try laboratory.startSimulator(
      replaying: recording,
      ["--sample-gap", "0", "--devices", "2", "--repeat"]
    )
    let file = laboratory.folder.path("spectrad.conf")
    try ReloadTests.write(["SCANNER_SOURCES=\(laboratory.source(1))"], to: file)
    let daemon = try RunningProgram(
      "spectrad",
      ["--config", file, "--socket", laboratory.socket]
        + laboratory.places.flatMap { ["--set", $0] },
      in: laboratory.folder
    )
    try #require(daemon.waitForText(" ready"), "\(daemon.errors)")
    let client = try laboratory.connect()
    let first = try await client.awaitLines { $0.contains { $0.isPrediction } }
    try #require(first, "\(daemon.errors)\(simulator.errors)")
    let firstScanner = try #require(client.lines.first { $0.isPrediction }?.scanner)
    try ReloadTests.write(["SCANNER_SOURCES=\(laboratory.source(2))"], to: file)
    let result = try ReloadTests.reload(laboratory)
    #expect(result.status == 0, "\(result.errors)\(daemon.errors)")
    let isOther = try await client.awaitLines { lines in
      lines.contains { $0.isPrediction && $0.scanner != firstScanner }
        && lines.contains { $0.scanner == firstScanner && $0.state == "disconnected" }
    }
    #expect(isOther, "\(daemon.errors)")
  }
}
