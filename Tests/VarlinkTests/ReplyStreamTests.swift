import Glibc
import Synchronization
import Testing
import Varlink

/// Replies that follow each other, and clients that do not read them.
@Suite struct ReplyStreamTests {
  private static func readScans(_ count: Int) -> String {
    #"{"method":"io.spectrad.ReadScans","parameters":{"sampleId":"\#(count)"},"more":true}"#
  }

  private static func subscribe(_ count: Int) -> String {
    #"{"method":"io.spectrad.Subscribe","parameters":{"after":\#(count)},"more":true}"#
  }

  @Test func `replies follow each other until the last`() async throws {
    try await TestServer.run { server in
      let replies = try await server.client { client in
        try client.send(Self.readScans(500))
        return try (0...500).map { _ in try client.message() ?? "" }
      }
      for (index, reply) in replies.dropLast().enumerated() {
        let isExpected = reply.hasSuffix("\"scanIndex\":\(index)}},\"continues\":true}")
        #expect(isExpected, "reply \(index)")
      }
      #expect(replies.last == #"{"parameters":{}}"#)
    }
  }

  @Test func `a client that does not read holds up the answer, not memory`() async throws {
    try await TestServer.run { server in
      let service = server.service
      // 100,000 scans are 700 MB.
      try await server.client { client in
        try client.send(Self.readScans(100_000))
        _ = try client.message()
        var (before, now) = (-1, 0)
        while now != before {
          before = now
          usleep(300_000)
          now = service.scansSent.load(ordering: .relaxed)
        }
      }
      #expect(service.scansSent.load(ordering: .relaxed) < 500)
      _ = try await server.counters { $0.clientsConnected == 0 }
      #expect(service.cancelled.load(ordering: .relaxed) == 1)
    }
  }

  @Test func `the next call waits until the reply to the last one moves`() async throws {
    try await TestServer.run { server in
      let count = 40
      let (callsRead, lengths) = try await server.client { client in
        let call = #"{"method":"io.spectrad.ListSamples","parameters":{"limit":1000000}}"#
        for _ in 0..<count { try client.send(call) }
        while server.server.counters.calls == 0 { usleep(10_000) }
        usleep(500_000)
        return (
          server.server.counters.calls,
          try (0..<count).map { _ in try client.message()?.utf8.count ?? 0 }
        )
      }
      #expect(callsRead == 1)
      #expect(lengths.allSatisfy { $0 > 1_000_000 })
    }
  }

  @Test func `events follow as the client takes them`() async throws {
    try await TestServer.run { server in
      let count = 5_000
      let replies = try await server.client { client in
        try client.send(Self.subscribe(count))
        return try (0...count).map { _ in try client.message() ?? "" }
      }
      for (index, reply) in replies.dropLast().enumerated() {
        guard reply.hasPrefix("{\"parameters\":{\"heartbeat\":{\"next\":\(index + 1)}") else {
          Issue.record("reply \(index) is \(reply)")
          break
        }
      }
      #expect(replies.last == #"{"parameters":{"bye":{"type":"bye"}}}"#)
      #expect(server.service.becameWritable.load(ordering: .relaxed) > 0)
      #expect(server.service.streamsClosed.load(ordering: .relaxed) == 0)
    }
  }

  @Test func `after a stream the connection takes calls again`() async throws {
    try await TestServer.run { server in
      let last = try await server.client { client in
        for _ in 0..<3 {
          try client.send(Self.subscribe(1))
          _ = [try client.message(), try client.message()]
        }
        return try client.call(#"{"method":"io.spectrad.BeginSample"}"#)
      }
      #expect(last == #"{"parameters":{"sampleId":"","scanner":"s"}}"#)
    }
  }

  @Test func `a stream hears that its client has gone`() async throws {
    try await TestServer.run { server in
      try await server.client { client in
        try client.send(Self.subscribe(1_000_000))
        _ = try client.message()
      }
      _ = try await server.counters { $0.clientsConnected == 0 }
      #expect(server.service.streamsClosed.load(ordering: .relaxed) == 1)
    }
  }

  @Test func `an answer is cancelled when its client goes`() async throws {
    try await TestServer.run { server in
      let service = server.service
      try await server.client { client in
        try client.send(#"{"method":"io.spectrad.MeasureReference"}"#)
        // The next one waits in vain.
        try client.send(#"{"method":"io.spectrad.BeginSample"}"#)
        while service.peers.withLock({ $0.isEmpty }) { usleep(10_000) }
      }
      let counters = try await server.counters {
        $0.clientsAccepted == 1 && $0.clientsConnected == 0
      }
      #expect(counters.clientsConnected == 0)
      #expect(service.cancelled.load(ordering: .relaxed) == 1)
      #expect(service.begun.withLock { $0 } == [])
    }
  }

  @Test func `a client that takes nothing is disconnected after a time`() async throws {
    try await TestServer.run({ $0.stuckClientTimeout = .milliseconds(300) }) { server in
      try await server.client { client in
        try client.send(Self.subscribe(1_000_000))
        while server.server.counters.clientsStuck == 0 { usleep(10_000) }
        // What the sockets hold comes, then the end.
        while try client.message() != nil {}
      }
      #expect(try await server.counters { $0.clientsStuck == 1 }.clientsStuck == 1)
    }
  }

  @Test func `a large reply that moves slowly arrives whole`() async throws {
    try await TestServer.run({ $0.stuckClientTimeout = .seconds(30) }) { server in
      let byteCount = 8 << 20
      let received = try await server.client { client in
        try client.send(
          #"{"method":"io.spectrad.ListSamples","parameters":{"limit":\#(byteCount)}}"#
        )
        for _ in 0..<10 {
          usleep(100_000)
          try client.skip(512 << 10)
        }
        return try client.message()?.utf8.count ?? 0
      }
      #expect(received > byteCount - 10 * (512 << 10))
      #expect(server.server.counters.clientsStuck == 0)
    }
  }

  @Test func `an error that is no reply ends the connection`() async throws {
    try await TestServer.run { server in
      let replies = try await server.client { client in
        try client.send(#"{"method":"io.spectrad.GetMetrics"}"#)
        return try client.messagesToEnd()
      }
      #expect(replies == [])
      #expect(try await server.counters { $0.answersFailed == 1 }.answersFailed == 1)
    }
  }
}
