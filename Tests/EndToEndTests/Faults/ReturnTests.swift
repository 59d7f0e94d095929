import Foundation
import Testing

/// A scanner that is not, when it comes back, what it was.
@Suite(.enabled(if: MockedBus.isAvailable, "needs libumockdev-dev and libglib2.0-dev"))
struct ReturnTests {
  /// The same scans with patterns of an odd width, whose middles lie half a column further.
  private static func shifted(_ path: String, to copy: String) throws {
    var lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    var header = try #require(
      try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any]
    )
    var scanner = try #require(header["scanner"] as? [String: Any])
    let polynomial = try #require(scanner["pixelToWavelengthCoefficients"] as? [Double])
    let wavelengths = try #require(header["wavelengthsNanometres"] as? [Double])
    header["wavelengthsNanometres"] = wavelengths.map { wavelength in
      let (c, b, a) = (polynomial[0] - wavelength, polynomial[1], polynomial[2])
      let column = (-b - (b * b - 4 * a * c).squareRoot()) / (2 * a) + 0.5
      return polynomial[0] + (b + a * column) * column
    }
    scanner["patternWidthPixels"] = 7
    header["scanner"] = scanner
    lines[0] = Substring(
      String(decoding: try JSONSerialization.data(withJSONObject: header), as: UTF8.self)
    )
    try (lines.joined(separator: "\n") + "\n")
      .write(toFile: copy, atomically: false, encoding: .utf8)
  }

  @Test func `with other wavelengths its scans are brought onto the bundle's axis anew`()
    async throws
  {
    let laboratory = try Laboratory()
    let first = try laboratory.synthesize(donors: 1, scans: 5)
    let second = laboratory.folder.path("shifted.scans.ndjson")
    try ReturnTests.shifted(first, to: second)
    let alone = try await finals(of: [second])
    let returned = try await finals(of: [first, second])
    let before = try #require(returned.first)
    let after = try #require(returned.last)
    let expected = try #require(alone.last)
    #expect(haveSameAnswers(after, expected))
    // Else the test would prove nothing.
    #expect(!haveSameAnswers(after, before))
    #expect(before.sample == "1" && after.sample == "2")
  }

  /// Serves one recording after the other on one bus; returns the final prediction of each.
  private func finals(of recordings: [String]) async throws -> [StreamLine] {
    let laboratory = try Laboratory()
    let daemon = try laboratory.launchDaemonOnMockedBus(settings: ["sample.scans=5"])
    let client = try laboratory.connect()
    for (index, recording) in recordings.enumerated() {
      let simulator = try laboratory.launchSimulator(replaying: recording, ["--sample-gap", "0"])
      let isOver = try await client.awaitLines(seconds: 40) {
        $0.count(where: \.isFinal) > index
      }
      try #require(isOver, "\(daemon.errors)\(simulator.errors)")
      simulator.kill(SIGKILL)
    }
    return client.lines.filter(\.isFinal)
  }
}
