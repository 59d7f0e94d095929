import Glibc
import LocalSockets
import Synchronization
import Testing
import Varlink

/// Who is let in, and how a server comes and goes.
@Suite struct AdmissionTests {
  private static let call = #"{"method":"io.spectrad.BeginSample"}"#
  private static let reply = #"{"parameters":{"sampleId":"","scanner":"s"}}"#

  @Test func `one client too many hears so, and takes the next free place`() async throws {
    let settings: @Sendable (inout VarlinkSettings) -> Void = {
      $0.clientsMax = 2
      $0.refusedTimeout = .seconds(300)
    }
    try await TestServer.run(settings) { server in
      let path = server.path
      let kept = try await blocking {
        try [RawConnection(path: path), RawConnection(path: path)].map { client in
          (client, try client.call(Self.call))
        }.map { Kept(connection: $0.0, answer: $0.1) }
      }
      #expect(kept.allSatisfy { $0.answer == Self.reply })
      let refused = try await server.client { client in
        try client.send(Self.call)
        return try client.messagesToEnd()
      }
      #expect(
        refused.map { $0.replacing("\n", with: "") } == [
          #"{"error":"io.spectrad.LimitReached","parameters":{"what":"clients","limit":2}}"#
        ]
      )
      #expect(server.server.counters.clientsConnected == 2)
      kept[0].connection.endInput()
      _ = try await server.counters { $0.clientsConnected == 1 }
      let answer = try await server.answer(to: Self.call)
      #expect(answer == Self.reply)
      #expect(server.server.counters.clientsRefused == 1)
    }
  }

  @Test func `a refused peer hears why and takes no place`() async throws {
    let service = TestService(refusing: .notPermitted(permission: "read", group: "g"))
    let settings: @Sendable (inout VarlinkSettings) -> Void = {
      $0.clientsMax = 1
      // A busy machine may take its time between connecting and calling.
      $0.refusedTimeout = .seconds(300)
    }
    try await TestServer.run(settings, service: service) { server in
      for method in ["io.spectrad.BeginSample", "org.varlink.service.GetInfo", "x"] {
        let replies = try await server.client { client in
          try client.send(#"{"method":"\#(method)"}"#)
          return try client.messagesToEnd()
        }
        #expect(
          replies.map { $0.replacing("\n", with: "") } == [
            #"{"error":"io.spectrad.NotPermitted","parameters":{"permission":"read","group":"g"}}"#
          ]
        )
      }
      let counters = server.server.counters
      #expect(counters.clientsRefused == 3)
      #expect(counters.clientsAccepted == 0)
      #expect(service.begun.withLock { $0 } == [])
    }
  }

  @Test func `refused peers that do nothing are sent away`() async throws {
    let service = TestService(refusing: .notPermitted(permission: "read", group: nil))
    try await TestServer.run(
      {
        $0.refusedMax = 2
        $0.refusedTimeout = .milliseconds(200)
      },
      service: service
    ) { server in
      let path = server.path
      let heard = try await blocking {
        // The third is closed at once, the others after their time.
        try (0..<3).map { _ in try RawConnection(path: path) }.map { try $0.messagesToEnd() }
      }
      #expect(heard == [[], [], []])
      #expect(server.server.counters.clientsRefused == 3)
    }
  }

  @Test func `a group is found by its name`() {
    #expect(PeerCredentials.groupId(named: "root") == 0)
    #expect(PeerCredentials.groupId(named: "no-such-group-anywhere") == nil)
    let peer = PeerCredentials(processId: 1, userId: 2, groupId: 3, groups: [4, 5])
    #expect((2...6).map { peer.isMember(ofGroup: $0) } == [false, true, true, true, false])
  }

  @Test func `clients that say nothing may stay`() async throws {
    try await TestServer.run({ $0.stuckClientTimeout = .milliseconds(50) }) { server in
      let answer = try await server.client { client in
        usleep(400_000)
        return try client.call(Self.call)
      }
      #expect(answer == Self.reply)
    }
  }

  @Test func `a server takes the listening socket of somebody else`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/inherited"
    let address = try UnixSocketAddress(path: path)
    let descriptor = try address.makeSocket()
    try #require(address.bind(descriptor) && listen(descriptor, 16) == 0)
    // It goes on listening as systemd's does, and its file stays.
    let systemd = dup(descriptor)
    defer { close(systemd) }
    try await TestServer.run { server in
      let second = VarlinkServer(
        eventLoop: server.loop,
        settings: VarlinkSettings(product: "p", version: "v", url: "u"),
        service: server.service
      )
      try await second.start(on: .inherited(descriptor: descriptor, path: path))
      let answer = try await blocking { try RawConnection(path: path).call(Self.call) }
      #expect(answer == Self.reply)
      await second.shutdown()
      // Nobody accepts, but systemd's socket still takes connections.
      _ = try await blocking { try Kept(connection: RawConnection(path: path), answer: nil) }
    }
  }

  @Test func `a descriptor that does not listen is refused`() async throws {
    let folder = try TemporaryFolder()
    let address = try UnixSocketAddress(path: folder.path + "/deaf")
    let descriptor = try address.makeSocket()
    defer { close(descriptor) }
    try #require(address.bind(descriptor))
    try await TestServer.run { server in
      let second = VarlinkServer(
        eventLoop: server.loop,
        settings: VarlinkSettings(product: "p", version: "v", url: "u"),
        service: server.service
      )
      await #expect(throws: LocalSocketError.notListening(descriptor: descriptor)) {
        try await second.start(on: .inherited(descriptor: descriptor, path: address.path))
      }
    }
  }

  @Test func `a second server at the same path is refused`() async throws {
    try await TestServer.run { server in
      let second = VarlinkServer(
        eventLoop: server.loop,
        settings: VarlinkSettings(product: "p", version: "v", url: "u"),
        service: server.service
      )
      await #expect(throws: LocalSocketError.inUse(path: server.path)) {
        try await second.start(on: .path(server.path, mode: 0o600))
      }
      await second.shutdown()
      let answer = try await server.answer(to: Self.call)
      #expect(answer == Self.reply)
    }
  }

  @Test func `a shutdown lets last replies out and ends what does not end`() async throws {
    try await TestServer.run({ $0.shutdownTimeout = .seconds(3) }) { server in
      let path = server.path
      let service = server.service
      let clients = try await blocking {
        let calls = [
          #"{"method":"io.spectrad.BeginSample","parameters":{"sample":"wait"}}"#,
          #"{"method":"io.spectrad.MeasureReference"}"#,
          #"{"method":"io.spectrad.Subscribe","parameters":{"after":100000000},"more":true}"#,
        ]
        return try calls.map { call in
          let client = try RawConnection(path: path)
          try client.send(call)
          return Kept(connection: client, answer: nil)
        } + [Kept(connection: try RawConnection(path: path), answer: nil)]
      }
      // All three are being answered.
      for _ in 0..<3_000 where service.peers.withLock({ $0.count }) < 3 {
        try await Task.sleep(for: .milliseconds(10))
      }
      async let stopped: Void = server.server.shutdown()
      try await Task.sleep(for: .milliseconds(50))
      service.open()
      let replies = try await blocking { [first = clients[0]] in
        try first.connection.messagesToEnd()
      }
      #expect(replies == [#"{"parameters":{"sampleId":"wait","scanner":"s"}}"#])
      let idle = try await blocking { [idle = clients[3]] in
        try idle.connection.messagesToEnd()
      }
      #expect(idle == [])
      await stopped
      #expect(service.cancelled.load(ordering: .relaxed) == 1)
      #expect(service.streamsClosed.load(ordering: .relaxed) == 1)
      // SAFETY: the path is NUL-terminated for the call.
      let isThere = unsafe access(path, F_OK) == 0
      #expect(!isThere)
      #expect(server.server.counters.clientsConnected == 0)
    }
  }
}

/// A connection that stays open between two steps of a test, used by one thread at a time.
private final class Kept: @unchecked Sendable {
  let connection: RawConnection
  let answer: String?

  init(connection: RawConnection, answer: String?) {
    (self.connection, self.answer) = (connection, answer)
  }
}
