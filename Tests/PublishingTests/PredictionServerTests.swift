import Glibc
import Publishing
import Spectra
import Testing

@Suite(.timeLimit(.minutes(1))) struct PredictionServerTests {
  @Test func `a client reads hello, then every line in order without a gap`() async throws {
    try await withServer { server, path in
      let client = try TestClient(path)
      let hello = try #require(try client.line())
      #expect(hello.hasPrefix(#"{"type":"hello","protocol":1,"stream":""#))
      #expect(
        hello.hasSuffix(
          #"","daemon":"spectrad test","oldest":1,"next":1,"demonstration":true,"#
            + #""bundle":{"name":"blood-synthetic","version":"1.0.0","sha256":"00ff"},"#
            + #""scanners":[]}"#
        )
      )
      server.publish([.scanner(Example.scanner)])
      for number in 2...50 { server.publish([Example.numbered(number)]) }
      server.publish((51...200).map(Example.numbered))
      let lines = try client.lines(200)
      #expect(lines.count == 200)
      for (index, line) in lines.enumerated() {
        let event = index == 0 ? .scanner(Example.scanner) : Example.numbered(index + 1)
        #expect(line == expectedLine(event, sequence: index + 1))
      }
      #expect(server.counters.linesPublished == 200)
      #expect(server.counters.predictionClients.connected == 1)
    }
  }

  @Test func `a late client learns the state and the next number`() async throws {
    try await withServer { server, path in
      var busy = Example.scanner
      (busy.place, busy.name, busy.state) = (
        "usbip://127.0.0.1:3240/1-2", "usb-1-2", "connecting"
      )
      var plain = Example.bundle
      (plain.version, plain.demonstration) = ("2.0.0", false)
      server.publish([.scanner(busy), .scanner(Example.scanner), Example.numbered(1)])
      busy.state = "failed"
      server.publish([.scanner(busy), .bundle(plain, time: Example.time)])
      let client = try TestClient(path)
      let hello = try #require(try client.line())
      #expect(
        hello.hasSuffix(
          #""oldest":6,"next":6,"demonstration":false,"bundle":{"name":"blood-synthetic","#
            + #""version":"2.0.0","sha256":"00ff"},"scanners":[{"scanner":"usb-1-2","#
            + #""state":"failed","reason":null,"model":"NIRscan Nano","firmware":"2.1.0"},"#
            + #"{"scanner":"6100014","state":"ready","reason":null,"model":"NIRscan Nano","#
            + #""firmware":"2.1.0"}]}"#
        )
      )
      server.publish([Example.numbered(6)])
      #expect(try client.line() == expectedLine(Example.numbered(6), sequence: 6))
    }
  }

  @Test func `latency runs from the last report to the line`() async throws {
    try await withServer { server, path in
      let client = try TestClient(path)
      _ = try client.line()
      var time = timespec()
      unsafe clock_gettime(CLOCK_MONOTONIC, &time)
      let now = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
      server.publish([
        .prediction(Example.prediction, monotonicNanoseconds: now - 5_000_000),
        .prediction(Example.prediction, monotonicNanoseconds: now + 60_000_000_000),
        .prediction(Example.prediction, monotonicNanoseconds: nil),
      ])
      let latencies = try client.lines(3).map(latency)
      let first = try #require(latencies[0].flatMap { Int($0) })
      #expect((5_000..<10_000_000).contains(first))
      #expect(latencies[1...] == ["0", "null"])
    }
  }

  @Test func `latency counts the lines that a batch puts before a line`() async throws {
    try await withServer {
      $0.queuedLinesMax = 10_000
    } run: { server, path in
      let client = try TestClient(path)
      _ = try client.line()
      let answer = StreamEvent.prediction(Example.prediction, monotonicNanoseconds: 0)
      server.publish([answer] + (2...999).map(Example.numbered) + [answer])
      let lines = try client.lines(1_000)
      let first = try #require(latency(of: lines[0]).flatMap { Int($0) })
      let last = try #require(lines.last.flatMap(latency).flatMap { Int($0) })
      #expect(last > first)
    }
  }

  /// The member's text, as it stands in `line`.
  private func latency(of line: String) -> String? {
    line.firstRange(of: #""latencyMicroseconds":"#).map {
      String(line[$0.upperBound...].prefix { $0 != "," })
    }
  }

  @Test func `the client after the last is refused and told why`() async throws {
    try await withServer { server, path in
      var clients: [TestClient] = []
      for _ in 0..<Limits.clients {
        let client = try TestClient(path)
        _ = try client.line()
        clients.append(client)
      }
      let refused = try TestClient(path)
      #expect(try refused.line() == #"{"type":"bye","reason":"tooManyClients"}"#)
      #expect(try refused.line() == nil)
      #expect(server.counters.predictionClients.refused == 1)
      #expect(server.counters.predictionClients.connected == Limits.clients)
      server.publish([Example.numbered(1)])
      for client in clients {
        #expect(try client.line() == expectedLine(Example.numbered(1), sequence: 1))
      }
      clients.removeLast()
      try await eventually { server.counters.predictionClients.connected == Limits.clients - 1 }
      let next = try TestClient(path)
      #expect(try next.line()?.hasPrefix(#"{"type":"hello""#) == true)
    }
  }

  @Test func `what clients send is thrown away and half a connection still reads`() async throws {
    try await withServer { server, path in
      let (noisy, half) = (try TestClient(path), try TestClient(path))
      _ = (try noisy.line(), try half.line())
      for _ in 0..<64 { noisy.send([UInt8](repeating: 0xFF, count: 4_096)) }
      half.stopSending()
      try await Task.sleep(for: .milliseconds(50))
      for number in 1...20 { server.publish([Example.numbered(number)]) }
      for client in [noisy, half] {
        let lines = try client.lines(20)
        #expect(lines.last == expectedLine(Example.numbered(20), sequence: 20))
      }
    }
  }

  @Test func `clients that die between lines harm nobody`() async throws {
    try await withServer { server, path in
      let living = try TestClient(path)
      _ = try living.line()
      for number in 1...100 {
        let dying = try TestClient(path)
        if number.isMultiple(of: 2) { _ = try dying.line() }
        server.publish([Example.numbered(number)])
      }
      #expect(try living.lines(100).last == expectedLine(Example.numbered(100), sequence: 100))
      try await eventually { server.counters.predictionClients.connected == 1 }
    }
  }

  @Test func `heartbeats tell a quiet scanner from a dead daemon`() async throws {
    try await withServer {
      $0.heartbeatInterval = .milliseconds(20)
    } run: { server, path in
      server.publish([.scanner(Example.scanner)])
      let client = try TestClient(path)
      _ = try client.line()
      for _ in 0..<3 {
        let line = try #require(try client.line())
        #expect(line.hasPrefix(#"{"type":"heartbeat","time":"20"#))
        #expect(line.hasSuffix(#"Z","next":2,"scanners":1,"dropped":0}"#))
      }
    }
  }

  @Test func `a shutdown says bye after the last line and takes the socket away`() async throws {
    let folder = try SocketFolder()
    let server = makeServer(folder.socket)
    try await server.start()
    let client = try TestClient(folder.socket)
    _ = try client.line()
    server.publish([Example.numbered(1)])
    await server.shutdown()
    #expect(try client.line() == expectedLine(Example.numbered(1), sequence: 1))
    #expect(try client.line() == #"{"type":"bye","reason":"shutdown"}"#)
    #expect(try client.line() == nil)
    #expect(throws: TestClient.Failure.self) { _ = try TestClient(folder.socket) }
    server.publish([Example.numbered(2)])
    await server.shutdown()
  }
}
