import Foundation
import Testing

@Suite struct StopTests {
  @Test(arguments: [SIGTERM, SIGINT])
  func `a daemon that is asked to stop says goodbye and leaves nothing`(signal: Int32) throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 5)
    let daemon = try laboratory.startDaemon()
    let client = try laboratory.connect()
    let simulator = try laboratory.startSimulator(
      replaying: recording,
      ["--repeat", "--sample-gap", "0"]
    )
    let isRunning = try client.read { $0.contains(where: \.isPrediction) }
    try #require(isRunning, "\(daemon.errors)\(simulator.errors)")
    let start = ContinuousClock.now
    daemon.kill(signal)
    let saysGoodbye = try client.read(seconds: 3) { $0.last?.type == "bye" }
    #expect(saysGoodbye)
    #expect(daemon.waitForExit(seconds: 3) == 0, "\(daemon.errors)")
    #expect(ContinuousClock.now - start < .seconds(3))
    #expect(client.lines.last?.reason == "shutdown")
    #expect(!laboratory.folder.exists("predictions.sock"))
  }

  @Test func `a client that does not read does not keep the daemon from stopping`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 5)
    let daemon = try laboratory.startDaemon(settings: ["predictions.queueLines=65536"])
    let idle = try laboratory.connect()
    let client = try laboratory.connect()
    let simulator = try laboratory.startSimulator(
      replaying: recording,
      ["--repeat", "--sample-gap", "0"]
    )
    // More than the kernel keeps for a client that does not read.
    let isBehind = try client.read { $0.count(where: \.isPrediction) >= 1_000 }
    try #require(isBehind, "\(daemon.errors)\(simulator.errors)")
    daemon.kill(SIGTERM)
    let saysGoodbye = try client.read(seconds: 3) { $0.last?.type == "bye" }
    #expect(saysGoodbye)
    #expect(daemon.waitForExit(seconds: 3) == 0, "\(daemon.errors)")
    #expect(idle.lines.isEmpty)
  }

  @Test func `a daemon without its scanner stops as well`() throws {
    let laboratory = try Laboratory()
    let daemon = try laboratory.startDaemon()
    daemon.kill(SIGTERM)
    #expect(daemon.waitForExit(seconds: 3) == 0, "\(daemon.errors)")
  }

  @Test func `a second daemon on the same socket is refused and the first goes on`() throws {
    let laboratory = try Laboratory()
    let first = try laboratory.startDaemon()
    let second = try RunningProgram(
      "spectrad",
      ["--bundle", "", "--socket", laboratory.socket],
      in: laboratory.folder
    )
    #expect(second.waitForExit() == 69)
    #expect(second.errors.contains("\(laboratory.socket): another program answers there"))
    let client = try laboratory.connect()
    let isAnswered = try client.read { $0.first?.type == "hello" }
    #expect(isAnswered)
    first.kill(SIGKILL)
    #expect(first.waitForExit() != nil)
    // What a daemon leaves that had no time to clean up does not stand in the next one's way.
    #expect(laboratory.folder.exists("predictions.sock"))
    let third = try laboratory.startDaemon()
    third.kill(SIGTERM)
    #expect(third.waitForExit() == 0)
  }

  @Test func `a bundle that is refused keeps the daemon from starting`() throws {
    let folder = try TemporaryFolder()
    let result = try ProgramResult(
      "spectrad",
      ["--bundle", folder.path("nothing"), "--socket", folder.path("p.sock")],
      in: folder
    )
    #expect(result.status == 66)
    #expect(
      result.errors.contains(
        "\(folder.path("nothing"))/bundle.json: cannot be read: No such file or directory"
      )
    )
    #expect(!folder.exists("p.sock"))
  }
}
