import Publishing
import Spectra
import Testing

@Suite(.timeLimit(.minutes(1))) struct StreamLimitsTests {
  @Test func `a line that is too long becomes a gap of its own number`() async throws {
    try await withServer { server, path in
      let client = try TestClient(path)
      _ = try client.line()
      let longest = scannerEvent(lineBytes: Limits.lineBytes, sequence: 1)
      server.publish([longest, scannerEvent(lineBytes: Limits.lineBytes + 1, sequence: 2)])
      server.publish([Example.numbered(3)])
      #expect(try client.line() == expectedLine(longest, sequence: 1))
      #expect(try client.line() == #"{"type":"gap","from":2,"to":2,"reason":"lineTooLong"}"#)
      #expect(try client.line() == expectedLine(Example.numbered(3), sequence: 3))
      #expect(server.counters.linesTooLong == 1)
      #expect(server.counters.linesPublished == 3)
      #expect(server.counters.predictionClients.dropped == 0)
    }
  }

  @Test(
    arguments: [
      // (the scanners that are gone, the one that the next takes the place of)
      ([], 0),
      ([5], 5),
      ([9, 3], 3),
    ] as [([Int], Int)]
  )
  func `hello forgets a scanner that is gone before one that is here`(
    gone: [Int],
    forgotten: Int
  ) async throws {
    try await withServer { server, path in
      var names: [String] = []
      for number in 0..<Limits.scanners {
        server.publish([scanner(number, state: gone.contains(number) ? "gone" : "ready")])
        names.append("\(number)")
      }
      let atTheLimit = try helloNames(path)
      #expect(atTheLimit == names)
      server.publish([scanner(Limits.scanners, state: "ready")])
      names.remove(at: forgotten)
      names.append("\(Limits.scanners)")
      let overTheLimit = try helloNames(path)
      #expect(overTheLimit == names)
      // One that is known already takes nobody's place.
      server.publish([scanner(Limits.scanners, state: "gone")])
      let afterAChange = try helloNames(path)
      #expect(afterAChange == names)
    }
  }

  @Test func `a scanner too many does not push one that is ready out of hello`() async throws {
    try await withServer { server, path in
      for number in 0..<Limits.scanners { server.publish([scanner(number, state: "ready")]) }
      server.publish([scanner(Limits.scanners, state: "disconnected")])
      let names = try helloNames(path)
      #expect(names == (0..<Limits.scanners).map { "\($0)" })
    }
  }

  private func scanner(_ number: Int, state: String) -> StreamEvent {
    var report = Example.scanner
    report.place = "usbip://127.0.0.1:3240/1-\(number)"
    (report.name, report.state) = ("\(number)", state)
    return .scanner(report)
  }

  /// A scanner's state whose reason makes the line, newline included, so long.
  private func scannerEvent(lineBytes: Int, sequence: UInt64) -> StreamEvent {
    var report = Example.scanner
    report.reason = ""
    let missing = lineBytes - StreamLines.line(.scanner(report), sequence: sequence).count
    report.reason = String(repeating: "x", count: missing)
    return .scanner(report)
  }

  /// The names of the scanners that a client that comes now is told, in their order.
  private func helloNames(_ path: String) throws -> [String] {
    let hello = try #require(try TestClient(path).line())
    return hello.split(separator: #"{"scanner":""#).dropFirst().map {
      String($0.prefix { $0 != "\"" })
    }
  }
}
