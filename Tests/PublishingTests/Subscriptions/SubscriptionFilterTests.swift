import Publishing
import Spectra
import Testing

@Suite(.timeLimit(.minutes(1))) struct SubscriptionFilterTests {
  /// Numbers 1 to 7: two scanners come, one answers twice, one once, scans are lost, a new bundle.
  private static let events: [StreamEvent] = [
    .scanner(scanner("A")), .scanner(scanner("B")),
    numbered(1, scanner: "A"), numbered(2, scanner: "A", isFinal: true), numbered(3, scanner: "B"),
    .scansLost(scanner: "B", count: 1, reason: "ringFull", time: Example.time),
    .bundle(Example.bundle, time: Example.time),
  ]

  private static func scanner(_ name: String) -> ScannerReport {
    var report = Example.scanner
    (report.name, report.place) = (name, "usb:\(name)")
    return report
  }

  @Test(
    arguments: [
      (SubscriptionFilter.all, [1, 2, 3, 4, 5, 6, 7]),
      (SubscriptionFilter(scanners: ["A"]), [1, 3, 4, 7]),
      (SubscriptionFilter(scanners: []), [7]),
      (SubscriptionFilter(types: [.prediction]), [3, 4, 5]),
      (SubscriptionFilter(types: [.scanner, .scansLost, .bundle]), [1, 2, 6, 7]),
      (SubscriptionFilter(finalOnly: true), [1, 2, 4, 6, 7]),
      (SubscriptionFilter(scanners: ["B"], types: [.prediction], finalOnly: true), []),
    ] as [(SubscriptionFilter, [UInt64])]
  )
  func `a client reads what it wants, from the history, from memory and live`(
    filter: SubscriptionFilter,
    wanted: [UInt64]
  ) async throws {
    let store = MemoryStore()
    try await withStream(store) {
      $0.recentLinesMax = 7
    } run: { server in
      let live = MemoryOutlet()
      try await server.subscribe(after: nil, filter: filter, makingOutlet: { live })
      let lines = server.publish(SubscriptionFilterTests.events)
      let remembered = MemoryOutlet()
      try await server.subscribe(after: 0, filter: filter, makingOutlet: { remembered })
      store.commit(lines)
      // Pushes the others out of memory, and passes no filter of the table that is not open.
      let others = server.publish((1...7).map { numbered($0, scanner: "C") })
      let replayed = MemoryOutlet()
      try await server.subscribe(after: 0, filter: filter, makingOutlet: { replayed })
      for client in [live, remembered, replayed] {
        let expected = wanted + others.filter(filter.passes).map(\.sequence)
        try await eventually { client.objects.count == expected.count + 1 }
        #expect(client.lines.dropFirst().map { number("seq", of: $0) } == expected)
      }
    }
  }

  @Test func `heartbeats tell a client how far it is though it wanted nothing`() async throws {
    try await withServer {
      $0.heartbeatInterval = .milliseconds(10)
    } run: { server, _ in
      let client = MemoryOutlet()
      let filter = SubscriptionFilter(types: [])
      try await server.subscribe(after: nil, filter: filter, makingOutlet: { client })
      server.publish((1...20).map(Example.numbered))
      try await eventually { client.lines.last.flatMap { number("next", of: $0) } == 21 }
    }
  }

  @Test func `a gap names the first and the last line that a slow client truly lost`()
    async throws
  {
    try await withStream(nil) {
      $0.queuedLinesMax = 2
    } run: { server in
      let client = MemoryOutlet(credit: 1)
      let filter = SubscriptionFilter(scanners: ["A"])
      try await server.subscribe(after: nil, filter: filter, makingOutlet: { client })
      // Number 1 is taken; of 3, 5, 7, 9 and 11 the last two wait, the others are lost.
      let lines = server.publish(
        (1...12).map { numbered($0, scanner: $0.isMultiple(of: 2) ? "B" : "A") }
      )
      client.grant(10)
      try await eventually { client.objects.count == 5 }
      #expect(client.objects[1] == lines[0].object)
      #expect(client.lines[2] == #"{"type":"gap","from":3,"to":7,"reason":"slowClient"}"#)
      #expect(client.objects[3...4] == [lines[8].object, lines[10].object])
      #expect(server.counters.subscribers.dropped == 3)
    }
  }

  @Test func `a line that was too long is a gap that passes every filter`() async throws {
    try await withStream(nil) { server in
      let client = MemoryOutlet()
      let filter = SubscriptionFilter(scanners: [], types: [], finalOnly: true)
      try await server.subscribe(after: nil, filter: filter, makingOutlet: { client })
      var report = Example.scanner
      report.reason = String(repeating: "x", count: Limits.lineBytes)
      let lines = server.publish([.scanner(report)])
      #expect(lines[0].kind == .gap)
      #expect(client.lines[1] == #"{"type":"gap","from":1,"to":1,"reason":"lineTooLong"}"#)
    }
  }
}
