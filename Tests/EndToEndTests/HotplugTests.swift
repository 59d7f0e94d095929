import Foundation
import Testing

/// Scanners on this machine's USB, which umockdev plays, under the whole daemon and libusb.
@Suite(.enabled(if: MockedBus.isAvailable, "umockdev is missing (libumockdev-dev)"))
struct HotplugTests {
  private static let endless = ["--repeat", "--sample-gap", "0"]

  @Test func `only the scanner that is named is read, the other is left alone`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 2, scans: 5)
    let options = HotplugTests.endless + ["--devices", "2"]
    let simulator = try laboratory.startSimulator(replaying: recording, options)
    let daemon = try daemon(
      of: laboratory,
      scanners: [("simulator.sock", "1-1"), ("simulator.sock", "1-2")],
      sources: "usb:SIM00-2"
    )
    let client = try laboratory.connect()
    let isRead = try client.read { $0.count(where: \.isFinal) >= 3 }
    try #require(isRead, "\(daemon.errors)\(simulator.errors)")
    let isLeftAlone = try client.read { $0.contains { $0.reason == "scannerNotConfigured" } }
    #expect(isLeftAlone, "\(daemon.errors)")
    #expect(Set(client.lines.filter(\.isPrediction).map(\.scanner)) == ["SIM00-2"])
    #expect(try later(laboratory) == ["SIM00-2": "ready"])
    #expect(!client.lines.contains { $0.scanner == "SIM0001" })
  }

  @Test func `sixteen scanners are read, and the seventeenth is told why it is not`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 16, scans: 3)
    let many = try laboratory.startSimulator(
      replaying: recording,
      speed: "10",
      HotplugTests.endless + ["--devices", "16"]
    )
    let oneMore = try RunningProgram(
      "spectrasim",
      ["--replay", recording, "--unix", laboratory.folder.path("more.sock"), "--speed", "10"]
        + HotplugTests.endless + ["--serial", "MORE"],
      in: laboratory.folder
    )
    try #require(oneMore.waitForText("spectrasim: ready"))
    let daemon = try daemon(
      of: laboratory,
      scanners: (1...16).map { ("simulator.sock", "1-\($0)") } + [("more.sock", "1-1")],
      sources: "usb"
    )
    let client = try laboratory.connect()
    let isRefused = try client.read { $0.contains { $0.reason == "tooManyScanners" } }
    try #require(isRefused, "\(daemon.errors)")
    let areRead = try client.read { lines in
      Set(lines.filter(\.isPrediction).map(\.scanner)).count == 16
    }
    #expect(areRead, "\(daemon.errors)\(many.errors)")
    let states = try later(laboratory)
    #expect(states.count { $0.value == "ready" } == 16, "\(states)")
  }

  @Test func `of two scanners with the same serial number the second is named by its port`() throws
  {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 5)
    let first = try laboratory.startSimulator(replaying: recording, HotplugTests.endless)
    let twin = try RunningProgram(
      "spectrasim",
      ["--replay", recording, "--unix", laboratory.folder.path("twin.sock"), "--speed", "max"]
        + HotplugTests.endless,
      in: laboratory.folder
    )
    try #require(twin.waitForText("spectrasim: ready"))
    let daemon = try daemon(
      of: laboratory,
      scanners: [("simulator.sock", "1-1"), ("twin.sock", "1-1")],
      sources: "usb"
    )
    let client = try laboratory.connect()
    let areRead = try client.read { lines in
      Set(lines.filter(\.isFinal).map(\.scanner)).count == 2
    }
    #expect(areRead, "\(daemon.errors)\(first.errors)\(twin.errors)")
    let names = Set(client.lines.filter(\.isPrediction).compactMap(\.scanner))
    #expect(names.contains("SIM0001"))
    #expect(names.subtracting(["SIM0001"]).first?.hasPrefix("usb:1-") == true)
    for name in names {
      let finals = client.lines.filter { $0.isFinal && $0.scanner == name }
      #expect(finals.map(\.sample) == (1...finals.count).map(String.init))
    }
  }

  @Test func `a twin that comes back while the other is away does not go on as the other`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 5)
    let first = try laboratory.startSimulator(
      replaying: recording,
      HotplugTests.endless + ["--faults", try faults("scan 40 unplug, never replug", laboratory)]
    )
    let daemon = try daemon(
      of: laboratory,
      scanners: [("simulator.sock", "1-1"), ("twin.sock", "1-1")],
      sources: "usb"
    )
    let client = try laboratory.connect()
    let isRead = try client.read { $0.contains { $0.isPrediction && $0.scanner == "SIM0001" } }
    try #require(isRead, "\(daemon.errors)\(first.errors)")
    let twin = try RunningProgram(
      "spectrasim",
      ["--replay", recording, "--unix", laboratory.folder.path("twin.sock"), "--speed", "50"]
        + HotplugTests.endless
        + ["--faults", try faults("scan 60 unplug, replug after 300 ms", laboratory)],
      in: laboratory.folder
    )
    let isBack = try client.read { lines in
      let twinStates = lines.filter { $0.type == "scanner" && $0.scanner == "usb:1-2" }
      return twinStates.count { $0.state == "ready" } >= 2
        && lines.last?.isPrediction == true && lines.last?.scanner == "usb:1-2"
    }
    #expect(isBack, "\(daemon.errors)\(twin.errors)")
    let gone = try #require(
      client.lines.lastIndex { $0.scanner == "SIM0001" && $0.state == "disconnected" }
    )
    let scansAfter = client.lines[gone...].filter {
      $0.isPrediction && $0.latencyMicroseconds != nil
    }
    // The last scan before the unplugging may be answered after it.
    #expect(scansAfter.count { $0.scanner == "SIM0001" } <= 1)
  }

  /// A script with one fault of the first device, as a file.
  private func faults(_ sentence: String, _ laboratory: Laboratory) throws -> String {
    let path = laboratory.folder.path("\(sentence.hashValue).faults")
    try "device 1 \(sentence)\n".write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  /// What a client that connects now is told of each scanner.
  private func later(_ laboratory: Laboratory) throws -> [String: String] {
    let client = try laboratory.connect()
    _ = try client.read { !$0.isEmpty }
    return try #require(client.lines.first?.scanners).states
  }

  /// Starts the daemon on a bus with these scanners, each a simulator's socket and bus id.
  private func daemon(
    of laboratory: Laboratory,
    scanners: [(socket: String, busID: String)],
    sources: String
  ) throws -> RunningProgram {
    let played = scanners.flatMap {
      ["--scanner", laboratory.folder.path($0.socket), $0.busID]
    }
    return try RunningProgram(
      "usbmock",
      played + [
        "--", RunningProgram.path(of: "spectrad"), "--source", sources, "--bundle",
        ProjectFiles.bundle,
        "--socket", laboratory.socket, "--set", "acquisition.statusPollMilliseconds=0",
        "--set", "sample.scans=3",
      ] + laboratory.places.flatMap { ["--set", $0] },
      in: laboratory.folder
    )
  }
}
