import Foundation
import Testing

@Suite struct ScannerLossTests {
  @Test func `a scanner that goes away is told and found again`() throws {
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 12)
    let daemon = try laboratory.startDaemon(settings: ["sample.scans=3"])
    let client = try laboratory.connect()
    // Nobody is there yet: the daemon stays and tries again.
    #expect(daemon.waitForText("the scanner is disconnected"))
    let options = ["--repeat", "--sample-gap", "0"]
    let simulator = try laboratory.startSimulator(replaying: recording, options)
    let isScanning = try client.read { $0.count(where: \.isFinal) >= 2 }
    try #require(isScanning, "\(daemon.errors)\(simulator.errors)")
    let before = client.lines.count
    simulator.kill(SIGKILL)
    let isLost = try client.read { lines in
      lines.dropFirst(before).contains { $0.type == "scanner" && $0.state == "disconnected" }
    }
    try #require(isLost, "\(daemon.errors)")
    let loss = client.lines.dropFirst(before).first { $0.type == "scanner" }
    #expect(loss?.reason != nil)
    #expect(loss?.scanner == "SIM0001")
    let atLoss = client.lines.count
    let again = try laboratory.startSimulator(replaying: recording, options)
    let isBack = try client.read { $0.dropFirst(atLoss).count(where: \.isFinal) >= 2 }
    try #require(isBack, "\(daemon.errors)\(again.errors)")
    #expect(client.lines.dropFirst(atLoss).contains { $0.state == "ready" && $0.reason == nil })
    let finals = client.lines.filter(\.isFinal)
    #expect(finals.map(\.sample) == (1...finals.count).map(String.init))
    #expect(finals.allSatisfy { $0.scans == 3 })
    let numbers = client.lines.compactMap(\.seq)
    #expect(numbers == Array(numbers[0]..<(numbers[0] + numbers.count)))
  }
}
