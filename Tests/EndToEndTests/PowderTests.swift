import Foundation
import Spectra
import Testing

/// Real scans through the simulator and the daemon, compared with where they came from.
///
/// Skipped where `../shared/data/nirscan_powders` (or `$TEST_SHARED_DATA`) is not there.
@Suite(.enabled(if: ProjectFiles.powders != nil, "needs nirscan_powders in ../shared/data"))
struct PowderTests {
  @Test func `1,100 measured scans come out of the daemon as they were measured`() throws {
    let folder = try #require(ProjectFiles.powders)
    let source = try RecordingReader.read(paths: [folder])
    let laboratory = try Laboratory()
    let daemon = try laboratory.startDaemon(
      bundle: "",
      settings: ["recording.folder=\(laboratory.folder.path)", "sample.silenceSeconds=86400"]
    )
    let client = try laboratory.connect()
    // At full speed a busy machine may fall behind, and then the daemon rightly drops scans.
    let simulator = try laboratory.startSimulator(
      replaying: folder,
      speed: "300",
      ["--sample-gap", "0"]
    )
    let isComplete = try client.read { lines in
      lines.contains { $0.type == "scansLost" }
        || lines.count { $0.isPrediction && !$0.isFinal } >= source.scans.count
    }
    try #require(isComplete, "\(client.lines.count)\n\(daemon.errors)\(simulator.errors)")
    daemon.kill(SIGTERM)
    #expect(daemon.waitForExit() == 0)
    let names = laboratory.folder.names(endingIn: ".scans.ndjson")
    try #require(names.count == 1)
    let recorded = try RecordingReader.read(paths: [laboratory.folder.path(names[0])])
    expectEqual(recorded, source)
    try expectAbsorbance(of: recorded, asIn: folder)
    #expect(client.lines.filter(\.isPrediction).allSatisfy { $0.quality?.reasons == ["noBundle"] })
  }

  private func expectEqual(_ recorded: Recording, _ source: Recording) {
    #expect(recorded.scans.count == source.scans.count)
    #expect(recorded.scanner.serialNumber == source.scanner.serialNumber)
    let distances = zip(recorded.wavelengthsNanometres, source.wavelengthsNanometres).map {
      abs($0 - $1)
    }
    #expect(distances.count == 228 && distances.allSatisfy { $0 < 1e-5 })
    for (number, (found, expected)) in zip(recorded.scans, source.scans).enumerated() {
      let isEqual =
        found.sampleSignal == expected.sampleSignal
        && found.referenceSignal == expected.referenceSignal
        && found.temperatureCelsius == expected.temperatureCelsius
        && found.detectorTemperatureCelsius == expected.detectorTemperatureCelsius
        && found.relativeHumidityPercent == expected.relativeHumidityPercent
        && found.lampPhotodiode == expected.lampPhotodiode
        && found.gain == expected.gain
      #expect(isEqual, "scan \(number + 1) of \(expected.sample ?? "?")")
    }
  }

  /// Compares with the column of the files themselves, which the readers leave aside.
  private func expectAbsorbance(of recorded: Recording, asIn folder: String) throws {
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
      .filter { $0.hasSuffix(".csv") }
    try #require(files.count == recorded.scans.count)
    var largest = 0.0
    for (file, scan) in zip(files, recorded.scans) {
      let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
      let rows = text.split(whereSeparator: \.isNewline).drop { !$0.hasPrefix("Wavelength") }
        .dropFirst().map { $0.split(separator: ",") }
      try #require(rows.count == scan.absorbanceValues.count, "\(file)")
      for (row, found) in zip(rows, scan.absorbanceValues) {
        guard let expected = Double(row[1]), expected.isFinite else { continue }
        largest = max(largest, abs(found - expected))
      }
    }
    #expect(largest <= 1e-6)
  }
}
