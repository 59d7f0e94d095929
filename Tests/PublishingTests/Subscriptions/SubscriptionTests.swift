import NIOCore
import Publishing
import Spectra
import Testing

/// Clients that come with a number, without a socket in between.
@Suite(.timeLimit(.minutes(1))) struct SubscriptionTests {
  @Test func `a client that comes back is sent the history, the rest, then what happens`()
    async throws
  {
    let store = MemoryStore()
    try await withStream(store) {
      $0.recentLinesMax = 50
    } run: { server in
      let lines = server.publish((1...300).map(Example.numbered))
      store.commit(Array(lines.prefix(270)))
      let client = MemoryOutlet()
      try await server.subscribe(after: 10, filter: .all, makingOutlet: { client })
      try await eventually { client.objects.count == 291 }
      let live = server.publish((301...400).map(Example.numbered))
      #expect(client.lines.first?.contains(#""stream":"stored","#) == true)
      #expect(client.lines.first?.contains(#""oldest":1,"next":301,"#) == true)
      #expect(client.objects.dropFirst() == (lines.dropFirst(10) + live).map(\.object)[...])
      #expect(store.pageCount >= 2)
    }
  }

  @Test(arguments: [nil, 5, 6, 1_000, .max] as [UInt64?])
  func `a client that has everything is sent what happens from now on`(after: UInt64?) async throws
  {
    let store = MemoryStore()
    try await withStream(store) { server in
      store.commit(server.publish((1...5).map(Example.numbered)))
      let client = MemoryOutlet()
      try await server.subscribe(after: after, filter: .all, makingOutlet: { client })
      let live = server.publish([Example.numbered(6)])
      #expect(client.objects.dropFirst() == live.map(\.object)[...])
      #expect(store.pageCount == 0)
    }
  }

  @Test func `numbers older than the oldest are an expired gap`() async throws {
    let store = MemoryStore(next: 500)
    try await withStream(store) {
      $0.recentLinesMax = 10
    } run: { server in
      let lines = server.publish((500...599).map(Example.numbered))
      store.commit(lines)
      store.expire(before: 520)
      let client = MemoryOutlet()
      try await server.subscribe(after: 3, filter: .all, makingOutlet: { client })
      try await eventually { client.objects.count == 82 }
      #expect(client.lines[0].contains(#""oldest":520,"next":600,"#))
      #expect(client.lines[1] == #"{"type":"gap","from":4,"to":519,"reason":"expired"}"#)
      #expect(client.objects.dropFirst(2) == lines.dropFirst(20).map(\.object)[...])
    }
  }

  @Test func `what a crash left uncommitted is announced and numbering goes on behind it`()
    async throws
  {
    let store = MemoryStore()
    let before = (1...20).map(storedLine)
    store.commit(before)
    store.commit(.gap(21...4_096, reason: .crash))
    let next = MemoryStore(stream: "stored", next: 4_097)
    next.commit(before)
    next.commit(.gap(21...4_096, reason: .crash))
    try await withStream(next) { server in
      let client = MemoryOutlet()
      try await server.subscribe(
        after: 18,
        stream: "stored",
        filter: .all,
        makingOutlet: { client }
      )
      try await eventually { client.objects.count == 4 }
      let live = server.publish([Example.numbered(1)])
      #expect(client.objects[1...2] == before.suffix(2).map(\.object)[...])
      #expect(client.lines[3] == #"{"type":"gap","from":21,"to":4096,"reason":"crash"}"#)
      #expect(live[0].sequence == 4_097)
      #expect(client.objects.last == live[0].object)
    }
  }

  @Test func `what is not committed in time is a gap, and the client goes on`() async throws {
    let store = MemoryStore()
    try await withStream(store) {
      ($0.recentLinesMax, $0.historyPatience) = (10, .milliseconds(30))
      $0.historyPause = .milliseconds(5)
    } run: { server in
      let lines = server.publish((1...100).map(Example.numbered))
      store.commit(Array(lines.prefix(50)))
      let client = MemoryOutlet()
      try await server.subscribe(after: 48, filter: .all, makingOutlet: { client })
      try await eventually { client.objects.count == 14 }
      #expect(client.objects[1...2] == lines[48...49].map(\.object)[...])
      #expect(client.lines[3] == #"{"type":"gap","from":51,"to":90,"reason":"notStored"}"#)
      #expect(client.objects.dropFirst(4) == lines.suffix(10).map(\.object)[...])
    }
  }

  @Test func `what is committed late is waited for`() async throws {
    let store = MemoryStore()
    try await withStream(store) {
      ($0.recentLinesMax, $0.historyPause) = (10, .milliseconds(5))
    } run: { server in
      let lines = server.publish((1...100).map(Example.numbered))
      let client = MemoryOutlet()
      try await server.subscribe(after: 0, filter: .all, makingOutlet: { client })
      try await eventually { store.pageCount > 2 }
      #expect(client.objects.count == 1)
      store.commit(lines)
      try await eventually { client.objects.count == 101 }
      #expect(client.objects.dropFirst() == lines.map(\.object)[...])
    }
  }

  @Test func `a history that fails ends the subscription and calls nothing lost`() async throws {
    let store = MemoryStore()
    try await withStream(store) {
      $0.recentLinesMax = 10
    } run: { server in
      store.commit(server.publish((1...100).map(Example.numbered)))
      store.breakDown()
      let client = MemoryOutlet()
      try await server.subscribe(after: 0, filter: .all, makingOutlet: { client })
      try await eventually { client.ending != nil }
      #expect(client.ending == .historyFailed("the disk is on fire"))
      #expect(client.objects.count == 1)
      try await eventually { server.counters.subscribers.connected == 0 }
    }
  }

  @Test func `without a store the remembered lines serve those who come back`() async throws {
    try await withStream(nil) {
      $0.recentLinesMax = 10
    } run: { server in
      let lines = server.publish((1...100).map(Example.numbered))
      let (near, far) = (MemoryOutlet(), MemoryOutlet())
      try await server.subscribe(after: 95, filter: .all, makingOutlet: { near })
      try await server.subscribe(after: 0, filter: .all, makingOutlet: { far })
      #expect(near.objects.dropFirst() == lines.suffix(5).map(\.object)[...])
      #expect(near.lines[0].contains(#""oldest":101,"next":101,"#))
      #expect(far.lines[1] == #"{"type":"gap","from":1,"to":90,"reason":"notStored"}"#)
      #expect(far.objects.dropFirst(2) == lines.suffix(10).map(\.object)[...])
    }
  }

  @Test func `a deleted sample is forgotten at once`() async throws {
    try await withStream(nil) { server in
      let lines = server.publish((1...4).map { numbered($0, sampleId: "s\($0 % 2)") })
      server.forget(sampleId: "s1")
      let client = MemoryOutlet()
      try await server.subscribe(after: 0, filter: .all, makingOutlet: { client })
      #expect(client.lines[1] == #"{"type":"gap","from":1,"to":1,"reason":"deleted"}"#)
      #expect(client.objects[2] == lines[1].object)
      #expect(client.lines[3] == #"{"type":"gap","from":3,"to":3,"reason":"deleted"}"#)
      #expect(client.objects[4] == lines[3].object)
    }
  }

  @Test(arguments: [4, 30])
  func `pages that lie cannot repeat a number or leave one out`(after: UInt64) async throws {
    let store = MemoryStore()
    try await withStream(store) {
      $0.recentLinesMax = 10
    } run: { server in
      let lines = server.publish((1...100).map(Example.numbered))
      store.commit(Array(lines.prefix(39)))
      store.commit(.gap(40...44, reason: .notStored))
      store.commit(Array(lines[44..<60]))
      store.expire(before: 8)
      store.becomeForgetful()
      let client = MemoryOutlet()
      try await server.subscribe(after: after, filter: .all, makingOutlet: { client })
      let gaps = [
        #"{"type":"gap","from":5,"to":7,"reason":"expired"}"#,
        #"{"type":"gap","from":40,"to":44,"reason":"notStored"}"#,
        #"{"type":"gap","from":61,"to":100,"reason":"notStored"}"#,
      ].dropFirst(after < 5 ? 0 : 1)
      let numbers = (Array(8...39) + Array(45...60)).filter { $0 > after }
      try await eventually { client.objects.count == 1 + gaps.count + numbers.count }
      #expect(client.lines.filter { member("type", of: $0) == "gap" } == Array(gaps))
      #expect(
        client.objects.filter { $0.kind == .prediction }
          == numbers.map { lines[Int($0) - 1].object }
      )
    }
  }

  @Test func `a page that forgets its last number does not hide it`() async throws {
    let store = MemoryStore()
    try await withStream(store) {
      $0.recentLinesMax = 1
    } run: { server in
      store.commit(Array(server.publish((1...10).map(Example.numbered)).prefix(9)))
      store.commit(.gap(10...10, reason: .notStored))
      store.becomeForgetful()
      let client = MemoryOutlet()
      try await server.subscribe(after: 0, filter: .all, makingOutlet: { client })
      try await eventually { client.objects.count == 11 }
      #expect(client.lines[10] == #"{"type":"gap","from":10,"to":10,"reason":"notStored"}"#)
    }
  }

  @Test func `a client that becomes live while a line is given out reads it once`() async throws {
    try await withStream(nil) { server in
      let (first, second) = (MemoryOutlet(), MemoryOutlet(credit: 0))
      try await server.subscribe(after: nil, filter: .all, makingOutlet: { first })
      try await server.subscribe(after: nil, filter: .all, makingOutlet: { second })
      // The second takes more in the moment in which the first is written to.
      first.onWrite { second.grant(10) }
      let lines = server.publish([Example.numbered(1), Example.numbered(2)])
      #expect(second.objects.dropFirst() == lines.map(\.object)[...])
    }
  }
}
