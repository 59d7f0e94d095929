import Glibc
import LocalSockets
import Synchronization
import Testing
import Varlink

/// The client that spectractl uses.
@Suite struct ClientTests {
  @Test func `a method is called with its types`() async throws {
    try await TestServer.run { server in
      let path = server.path
      let reply = try await blocking {
        var client = try VarlinkClient(path: path)
        _ = try client.call(SpectradInterface.BeginSample.self, .init(sample: "first"))
        return try client.call(SpectradInterface.BeginSample.self, .init(sample: "second"))
      }
      #expect(reply == .init(scanner: "s", sampleId: "second"))
    }
  }

  @Test func `a reply without parameters is one`() async throws {
    let baseline = SpectradInterface.Baseline(
      scanner: "s",
      standard: "white",
      time: "t",
      scans: 1,
      noiseAbsorbance: 0.5,
      signalCounts: 1,
      peaksNanometres: []
    )
    try await TestServer.run { server in
      let path = server.path
      let reply = try await blocking {
        var client = try VarlinkClient(path: path)
        return try client.call(SpectradInterface.SetBaseline.self, .init(baseline: baseline))
      }
      #expect(reply == NoMembers())
    }
  }

  @Test func `the daemon's errors come with their parameters, and calls go on`() async throws {
    try await TestServer.run { server in
      let path = server.path
      let errors = try await blocking {
        var client = try VarlinkClient(path: path)
        return [
          caught(&client, SpectradInterface.DeleteSample.self, .init(sampleId: "x")),
          caught(&client, SpectradInterface.GetStatus.self, .init()),
          caught(&client, SpectradInterface.ReadScans.self, .init(sampleId: "1")),
          caught(&client, SpectradInterface.BeginSample.self, .init()),
        ]
      }
      #expect(
        errors == [
          .refused(.noSuchSample(sampleId: "x")),
          .notTaken(.methodNotImplemented(method: "io.spectrad.GetStatus")),
          .notTaken(.expectedMore), nil,
        ]
      )
    }
  }

  @Test func `replies are read one by one until the last`() async throws {
    try await TestServer.run { server in
      let path = server.path
      let indices = try await blocking {
        var client = try VarlinkClient(path: path)
        let method = SpectradInterface.ReadScans.self
        var indices: [Int?] = []
        for _ in 0..<2 {
          try client.begin(method, .init(sampleId: "30"))
          while let reply = try client.nextReply(to: method, timeout: .seconds(60)) {
            indices.append(reply.scan?.scanIndex)
          }
        }
        return indices
      }
      let once = (0..<30).map { Optional($0) } + [nil]
      #expect(indices == once + once)
    }
  }

  @Test func `a server that stays silent is not waited for for ever`() async throws {
    try await TestServer.run { server in
      let path = server.path
      let error = try await blocking {
        var client = try VarlinkClient(path: path)
        let method = SpectradInterface.MeasureReference.self
        return caught(&client, method, .init(), timeout: .milliseconds(200))
      }
      #expect(error == .timedOut(path: path, after: .milliseconds(200)))
    }
  }

  @Test func `a signal ends the waiting`() async throws {
    try await TestServer.run { server in
      let path = server.path
      let error = try await blocking {
        var ends: [CInt] = [0, 0]
        // SAFETY: the call writes two descriptors.
        let status = unsafe pipe(&ends)
        precondition(status == 0, "a pipe can be had")
        defer { for end in ends { close(end) } }
        var client = try VarlinkClient(path: path, interruption: ends[0])
        // What a signal's handler would do.
        // SAFETY: the call reads one byte.
        _ = unsafe write(ends[1], "x", 1)
        return caught(&client, SpectradInterface.MeasureReference.self, .init(), timeout: nil)
      }
      #expect(error == .interrupted)
    }
  }

  @Test func `nobody at the path is said with the path and the reason`() throws {
    let folder = try TemporaryFolder()
    let missing = folder.path + "/missing"
    #expect(throws: VarlinkClientError.cannotConnect(path: missing, errno: ENOENT)) {
      _ = try connect(to: missing)
    }
    let dead = folder.path + "/dead"
    let address = try UnixSocketAddress(path: dead)
    let descriptor = try address.makeSocket()
    defer { close(descriptor) }
    try #require(address.bind(descriptor))
    #expect(throws: VarlinkClientError.cannotConnect(path: dead, errno: ECONNREFUSED)) {
      _ = try connect(to: dead)
    }
    let long = String(repeating: "x", count: 200)
    let tooLong = VarlinkClientError.cannotConnect(path: long, errno: ENAMETOOLONG)
    #expect(throws: tooLong) { _ = try connect(to: long) }
    let described = VarlinkClientError.cannotConnect(path: "/p", errno: ENOENT).description
    #expect(
      described == "/p: cannot connect: No such file or directory; is spectrad running?"
    )
  }

  @Test(arguments: [
    ("", "connectionLost"), (#"{"parameters":"#, "connectionLost"), ("hello\0", "malformedReply"),
    (#"{"parameters":{"scanner":1}}"# + "\0", "malformedReply"), ("{}\0", "malformedReply"),
    (#"{"error":"org.example.Odd","parameters":{"a":1}}"# + "\0", "unknownFailure"),
    (#"{"error":"io.spectrad.FromTheFuture"}"# + "\0", "unknownFailure"),
    (#"{"parameters":{"scanner":"s","sampleId":"i","new":[]},"new":1}"# + "\0", ""),
  ])
  func `what another server replies is told apart`(reply: String, kind: String) async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/other"
    let address = try UnixSocketAddress(path: path)
    let listener = try address.makeSocket()
    defer { close(listener) }
    try #require(address.bind(listener) && listen(listener, 1) == 0)
    let error = try await blocking {
      var client = try VarlinkClient(path: path)
      // The connection waits already, so nothing blocks here.
      let accepted = accept(listener, nil, nil)
      // SAFETY: the call reads the array, which lives until it returns.
      _ = unsafe Array(reply.utf8).withUnsafeBytes { bytes in
        unsafe send(accepted, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
      }
      shutdown(accepted, CInt(SHUT_WR))
      defer { close(accepted) }
      return caught(&client, SpectradInterface.BeginSample.self, .init())
    }
    let described = error.map { String(describing: Mirror(reflecting: $0).children.first?.label) }
    #expect(
      described == (kind.isEmpty ? nil : "Optional(\"\(kind)\")"),
      "\(String(describing: error))"
    )
  }
}

/// Connects and lets go at once.
private func connect(to path: String) throws -> Bool {
  _ = try VarlinkClient(path: path)
  return true
}

/// The error of a call; nil when it was answered.
private func caught<Method: VarlinkMethod>(
  _ client: inout VarlinkClient,
  _ method: Method.Type,
  _ parameters: Method.Parameters,
  timeout: Duration? = .seconds(60)
) -> VarlinkClientError? {
  do throws(VarlinkClientError) {
    _ = try client.call(method, parameters, timeout: timeout)
    return nil
  } catch {
    return error
  }
}
