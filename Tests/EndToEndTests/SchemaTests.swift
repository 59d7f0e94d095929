import Foundation
import Testing
import Varlink
import VarlinkSchema

/// Both sockets keep to the interface file, line by line and member by member.
@Suite struct SchemaTests {
  @Test func `every line of the prediction socket has the schema's members and types`() async throws
  {
    let schema = try VarlinkSchema(parsing: SpectradInterface.description)
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 2, scans: 5)
    let daemon = try laboratory.startDaemon(
      settings: ["sample.scans=5", "predictions.heartbeatSeconds=0.05"]
    )
    let socket = try RawLines(path: laboratory.socket, separator: UInt8(ascii: "\n"))
    let simulator = try laboratory.startSimulator(replaying: recording, ["--sample-gap", "0"])
    let areThere = try await becomesTrue(seconds: 30) {
      try socket.read()
      return socket.messages.count { $0.contains(#""final":true"#) } == 2
        && socket.messages.last?.contains("heartbeat") == true
    }
    try #require(areThere, "\(daemon.errors)")
    simulator.kill(SIGKILL)
    daemon.kill(SIGTERM)
    _ = try await becomesTrue(seconds: 10) {
      try socket.read()
      return socket.messages.last?.contains(#""type":"bye""#) == true
    }
    for line in socket.messages {
      let problems = schema.problems(ofLine: Array(line.utf8))
      #expect(problems.isEmpty, "\(line): \(problems)")
    }
    let kinds = ["hello", "scanner", "prediction", "heartbeat", "bye"]
    for kind in kinds { #expect(socket.messages.contains { $0.contains(#""type":"\#(kind)""#) }) }
  }

  @Test func `replies about status and samples have the schema's members and types`() async throws {
    let schema = try VarlinkSchema(parsing: SpectradInterface.description)
    let laboratory = try Laboratory()
    let recording = try laboratory.synthesize(donors: 1, scans: 5)
    let daemon = try laboratory.startDaemon(settings: ["sample.scans=5"])
    let simulator = try laboratory.startSimulator(replaying: recording, ["--sample-gap", "0"])
    let isOver = try await simulator.showsText("recording exhausted")
    try #require(isOver, "\(simulator.errors)\(daemon.errors)")
    let calls = ["GetStatus", "GetMetrics", "ListScanners", "ListSamples", "ListBundles", "Reload"]
    for name in calls {
      let socket = try RawLines(path: laboratory.controlSocket, separator: 0)
      try socket.send(#"{"method":"io.spectrad.\#(name)"}"# + "\0")
      let isAnswered = try await becomesTrue(seconds: 10) {
        try socket.read()
        return !socket.messages.isEmpty
      }
      try #require(isAnswered, "\(name): \(daemon.errors)")
      let start = #"{"parameters":"#
      let reply = socket.messages[0]
      try #require(reply.hasPrefix(start), "\(name): \(reply)")
      let parameters = try JSONValue(parsing: Array(reply.dropFirst(start.count).dropLast().utf8))
      let problems = schema.problems(of: parameters, asReplyOf: name)
      #expect(problems.isEmpty, "\(name): \(problems)\n\(reply)")
    }
  }
}
