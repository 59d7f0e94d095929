import NIOCore
import Publishing
import Spectra
import Testing

/// How subscriptions that are slow, stuck, refused or no longer wanted end.
@Suite(.timeLimit(.minutes(1))) struct SubscriptionEndTests {
  @Test func `a client that is replayed loses nothing however slow it is`() async throws {
    let store = MemoryStore()
    try await withStream(store) {
      ($0.recentLinesMax, $0.queuedLinesMax, $0.historyPageLines) = (20, 5, 16)
    } run: { server in
      var lines = server.publish((1...200).map(Example.numbered))
      store.commit(lines)
      let client = MemoryOutlet(credit: 0)
      try await server.subscribe(after: 0, filter: .all, makingOutlet: { client })
      // Publishing is twice as fast as the client reads, then waits for it.
      for round in 1...100 {
        let more = server.publish([Example.numbered(round), Example.numbered(round)])
        store.commit(more)
        lines += more
        client.grant(1)
      }
      client.grant(.max / 2)
      try await eventually { client.objects.count == lines.count + 1 }
      #expect(client.objects.dropFirst() == lines.map(\.object)[...])
      #expect(server.counters.subscribers.dropped == 0)
    }
  }

  @Test(arguments: [nil, 0] as [UInt64?])
  func `a client that takes nothing for too long is told to close at once`(
    after: UInt64?
  ) async throws {
    try await withStream(nil) {
      ($0.queuedLinesMax, $0.stuckClientTimeout) = (10, .milliseconds(50))
    } run: { server in
      server.publish([Example.numbered(1)])
      // One place, so that a client without a number is live and has lines dropped.
      let stuck = MemoryOutlet(credit: 1)
      let reading = MemoryOutlet()
      try await server.subscribe(after: after, filter: .all, makingOutlet: { stuck })
      try await server.subscribe(after: after, filter: .all, makingOutlet: { reading })
      server.publish((2...50).map(Example.numbered))
      try await eventually { stuck.ending == .stuck }
      try await eventually { server.counters.subscribers.connected == 1 }
      #expect(server.counters.subscribers.stuck == 1)
      #expect(server.counters.predictionClients == ClientCounters())
      #expect(reading.ending == nil)
    }
  }

  @Test func `a client that reads after a pause is not taken for stuck`() async throws {
    try await withStream(nil) {
      $0.stuckClientTimeout = .milliseconds(100)
    } run: { server in
      server.publish([Example.numbered(1)])
      let client = MemoryOutlet(credit: 1)
      try await server.eventLoop.submit {
        try server.subscribe(after: 0, filter: .all, outlet: client)
        // Everything was sent while it took no more; nothing waits for it when it does again.
        client.grant(1)
      }.get()
      try await Task.sleep(for: .milliseconds(250))
      #expect(client.ending == nil)
      #expect(server.counters.subscribers.stuck == 0)
    }
  }

  @Test func `heartbeats come during a replay and never name a number that is still to come`()
    async throws
  {
    let store = MemoryStore()
    try await withServer(store) {
      ($0.heartbeatInterval, $0.recentLinesMax) = (.milliseconds(10), 10)
    } run: { server, _ in
      let lines = server.publish((1...100).map(Example.numbered))
      store.commit(lines)
      store.hold()
      let client = MemoryOutlet()
      try await server.subscribe(after: 7, filter: .all, makingOutlet: { client })
      try await eventually { client.objects.count > 2 }
      for line in client.lines.dropFirst() {
        #expect(member("type", of: line) == "heartbeat" && number("next", of: line) == 8)
      }
      store.release()
      try await eventually { client.lines.last.flatMap { number("next", of: $0) } == 101 }
      #expect(client.objects.filter { $0.kind == .prediction } == lines.dropFirst(7).map(\.object))
    }
  }

  @Test func `a client that goes away while a page is read is forgotten`() async throws {
    let store = MemoryStore()
    try await withStream(store) {
      $0.recentLinesMax = 10
    } run: { server in
      store.commit(server.publish((1...100).map(Example.numbered)))
      store.hold()
      weak var forgotten: MemoryOutlet?
      do {
        let client = MemoryOutlet()
        forgotten = client
        try await server.subscribe(after: 0, filter: .all, makingOutlet: { client })
        try await eventually { store.pageCount == 1 }
        client.hangUp()
        try await eventually { server.counters.subscribers.connected == 0 }
        store.release()
        server.publish([Example.numbered(101)])
        #expect(client.objects.count == 1)
      }
      try await eventually { forgotten == nil }
    }
  }

  @Test func `a shutdown says bye after what waits, and cuts a replay off`() async throws {
    let store = MemoryStore()
    try await withStream(store) {
      $0.recentLinesMax = 10
    } run: { server in
      let live = MemoryOutlet(credit: 0)
      try await server.subscribe(after: nil, filter: .all, makingOutlet: { live })
      live.grant(1)
      let lines = server.publish((1...100).map(Example.numbered))
      store.commit(lines)
      store.hold()
      let replayed = MemoryOutlet()
      try await server.subscribe(after: 0, filter: .all, makingOutlet: { replayed })
      async let end: Void = server.sayGoodbye()
      try await eventually { replayed.ending != nil }
      live.grant(.max / 2)
      await end
      let bye = #"{"type":"bye","reason":"shutdown"}"#
      #expect(replayed.lines.dropFirst() == [bye])
      #expect(live.objects[1..<101] == lines.map(\.object)[...])
      #expect(live.lines.last == bye && live.lines.count == 102)
      store.release()
      await #expect(throws: SubscriptionRefusal.shuttingDown) {
        try await server.subscribe(after: nil, filter: .all, makingOutlet: { MemoryOutlet() })
      }
      // Whoever shares the loop can still use it.
      try await server.eventLoop.submit {}.get()
      #expect(server.publish([Example.numbered(1)]).map(\.sequence) == [101])
    }
  }

  @Test func `a shutdown does not wait for a subscriber that takes nothing`() async throws {
    try await withStream(nil) {
      $0.shutdownTimeout = .milliseconds(50)
    } run: { server in
      weak var forgotten: MemoryOutlet?
      do {
        let client = MemoryOutlet(credit: 1)
        forgotten = client
        try await server.subscribe(after: nil, filter: .all, makingOutlet: { client })
        server.publish((1...10).map(Example.numbered))
        await server.shutdown()
        #expect(client.ending == .stuck)
      }
      try await eventually { forgotten == nil }
      #expect(server.publish([Example.numbered(11)]).isEmpty)
      await #expect(throws: SubscriptionRefusal.shuttingDown) {
        try await server.subscribe(after: nil, filter: .all, makingOutlet: { MemoryOutlet() })
      }
    }
  }

  @Test func `another stream begins with bye for everybody and numbers of its own`() async throws {
    let (first, second) = (MemoryStore(stream: "first"), MemoryStore(stream: "second"))
    try await withServer(first) { _ in
    } run: { server, path in
      let socket = try TestClient(path)
      _ = try socket.line()
      let client = MemoryOutlet()
      try await server.subscribe(after: nil, filter: .all, makingOutlet: { client })
      server.publish([.scanner(Example.scanner), Example.numbered(2)])
      server.changeStream(to: second, history: second)
      let bye = #"{"type":"bye","reason":"streamChanged"}"#
      #expect(client.lines.last == bye && client.objects.count == 4)
      #expect(try socket.lines(3).last == bye)
      #expect(try socket.line() == nil)
      await #expect(throws: SubscriptionRefusal.streamChanged(stream: "second")) {
        try await server.subscribe(
          after: 2,
          stream: "first",
          filter: .all,
          makingOutlet: { MemoryOutlet() }
        )
      }
      let line = server.publish([Example.numbered(3)])[0]
      #expect(line.sequence == 1)
      let next = MemoryOutlet()
      try await server.subscribe(
        after: 0,
        stream: "second",
        filter: .all,
        makingOutlet: { next }
      )
      #expect(next.objects.dropFirst() == [line.object])
      let hello = next.lines[0]
      #expect(hello.contains(#""stream":"second""#) && hello.contains(#""scanner":"6100014""#))
    }
  }

  @Test func `subscribers and clients of the socket are counted apart`() async throws {
    try await withServer(nil) {
      $0.clientsMax = 1
    } run: { server, path in
      let socket = try TestClient(path)
      _ = try socket.line()
      try await server.subscribe(after: nil, filter: .all, makingOutlet: { MemoryOutlet() })
      await #expect(throws: SubscriptionRefusal.tooManyClients(limit: 1)) {
        try await server.subscribe(after: nil, filter: .all, makingOutlet: { MemoryOutlet() })
      }
      let expected = ClientCounters(connected: 1, accepted: 1, refused: 1, stuck: 0, dropped: 0)
      #expect(server.counters.subscribers == expected)
      #expect(server.counters.predictionClients.refused == 0)
      #expect(try TestClient(path).line() == #"{"type":"bye","reason":"tooManyClients"}"#)
      try await eventually { server.counters.predictionClients == expected }
    }
  }
}
