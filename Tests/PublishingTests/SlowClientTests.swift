import Publishing
import Spectra
import Testing

@Suite(.timeLimit(.minutes(1))) struct SlowClientTests {
  @Test func `a slow client learns its gap while a fast one reads everything`() async throws {
    let total = 4_000
    try await withServer {
      $0.queuedLinesMax = 100
    } run: { server, path in
      let slow = try TestClient(path)
      let fast = try TestClient(path)
      _ = (try slow.line(), try fast.line())
      // The fast client keeps up, so every line that it reads is one the server did not keep back.
      for number in 1...total {
        server.publish([Example.numbered(number)])
        #expect(try fast.line() == expectedLine(Example.numbered(number), sequence: number))
      }
      let dropped = Int(server.counters.predictionClients.dropped)
      #expect(dropped > 0)
      let received = try readToEnd(slow, total: total)
      #expect(received.gaps.count == 1)
      #expect(received.missing == dropped)
      #expect(received.isInOrder)
      let gap = try #require(received.gaps.first)
      // What the socket had taken comes before the gap, what the queue kept comes after it.
      #expect(gap.upperBound == total - 100)
    }
  }

  @Test func `bytes are bounded as well as lines`() async throws {
    let total = 2_000
    try await withServer {
      ($0.queuedLinesMax, $0.queuedBytesMax) = (100_000, 64 << 10)
    } run: { server, path in
      let slow = try TestClient(path)
      _ = try slow.line()
      server.publish((1...total).map(Example.numbered))
      #expect(server.counters.predictionClients.dropped > 0)
      let received = try readToEnd(slow, total: total)
      #expect(received.isInOrder && received.gaps.count == 1)
      #expect(UInt64(received.missing) == server.counters.predictionClients.dropped)
    }
  }

  @Test func `heartbeats tell a client how many lines it lost`() async throws {
    try await withServer {
      ($0.queuedLinesMax, $0.heartbeatInterval) = (10, .milliseconds(50))
    } run: { server, path in
      let slow = try TestClient(path)
      _ = try slow.line()
      server.publish((1...2_000).map(Example.numbered))
      let dropped = server.counters.predictionClients.dropped
      var line = ""
      while !line.hasPrefix(#"{"type":"heartbeat""#) { line = try #require(try slow.line()) }
      #expect(dropped > 0)
      #expect(line.hasSuffix(#""next":2001,"scanners":0,"dropped":\#(dropped)}"#))
    }
  }

  @Test func `a client that takes nothing for too long is disconnected`() async throws {
    try await withServer {
      ($0.queuedLinesMax, $0.stuckClientTimeout) = (10, .milliseconds(100))
    } run: { server, path in
      let stuck = try TestClient(path)
      let reading = try TestClient(path)
      _ = (try stuck.line(), try reading.line())
      for number in 1...2_000 {
        server.publish([Example.numbered(number)])
        _ = try reading.line()
      }
      try await eventually { server.counters.predictionClients.stuck == 1 }
      try await eventually { server.counters.predictionClients.connected == 1 }
      server.publish([Example.numbered(2_001)])
      #expect(try reading.line() == expectedLine(Example.numbered(2_001), sequence: 2_001))
    }
  }

  @Test func `a shutdown does not wait for a client that does not read`() async throws {
    let folder = try SocketFolder()
    let server = makeServer(folder.socket) { $0.shutdownTimeout = .milliseconds(50) }
    try await server.start()
    let stuck = try TestClient(folder.socket)
    _ = try stuck.line()
    server.publish((1...2_000).map(Example.numbered))
    let start = ContinuousClock.now
    await server.shutdown()
    #expect(ContinuousClock.now - start < .seconds(30))
  }

  @Test func `a shutdown does not wait for a last line that nobody reads`() async throws {
    let folder = try SocketFolder()
    let server = makeServer(folder.socket) { $0.shutdownTimeout = .milliseconds(50) }
    try await server.start()
    let stuck = try TestClient(folder.socket)
    _ = try stuck.line()
    // Until the kernel first takes less than was published: the rest of that line is with the
    // event loop, the client's queue is empty, and only `bye` is left to be said.
    var publishedBytes = 0
    var number = 0
    while try stuck.waitingBytes() == publishedBytes {
      number += 1
      server.publish([Example.numbered(number)])
      publishedBytes += expectedLine(Example.numbered(number), sequence: number).utf8.count + 1
    }
    #expect(server.counters.predictionClients.dropped == 0)
    let start = ContinuousClock.now
    // Lets a shutdown go that would wait for ever, so that the test fails instead of hanging.
    let rescue = Task {
      try await Task.sleep(for: .seconds(30))
      stuck.hangUp()
    }
    await server.shutdown()
    rescue.cancel()
    let duration = ContinuousClock.now - start
    #expect(duration >= .milliseconds(50) && duration < .seconds(30))
  }

  private struct Received {
    var gaps: [ClosedRange<Int>] = []
    var isInOrder = true
    var missing: Int { gaps.reduce(0) { $0 + $1.count } }
  }

  /// Reads lines and gaps until number `total` and checks that they follow each other.
  private func readToEnd(_ client: TestClient, total: Int) throws -> Received {
    var received = Received()
    var next = 1
    while next <= total {
      guard let line = try client.line() else { break }
      if line.hasPrefix(#"{"type":"gap""#) {
        let (from, to) = (number("from", in: line), number("to", in: line))
        received.isInOrder = received.isInOrder && from == next && to >= from
        let expected = #"{"type":"gap","from":\#(from),"to":\#(to),"reason":"slowClient"}"#
        received.isInOrder = received.isInOrder && line == expected
        guard to >= from else { break }
        received.gaps.append(from...to)
        next = to + 1
      } else {
        received.isInOrder = received.isInOrder && number("seq", in: line) == next
        next += 1
      }
    }
    return received
  }

  private func number(_ name: String, in line: String) -> Int {
    guard let range = line.firstRange(of: "\"\(name)\":") else { return -1 }
    return Int(line[range.upperBound...].prefix { $0.isNumber }) ?? -1
  }
}
