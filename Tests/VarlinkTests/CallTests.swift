import Synchronization
import Testing
import Varlink

/// What a client calls and what it is replied.
@Suite struct CallTests {
  @Test(arguments: [
    (
      #"{"method":"io.spectrad.BeginSample","parameters":{"sample":"a"}}"#,
      #"{"parameters":{"sampleId":"a","scanner":"s"}}"#
    ),
    (
      #"{"method":"io.spectrad.BeginSample","parameters":{"sample":null,"future":[{}]}}"#,
      #"{"parameters":{"sampleId":"","scanner":"s"}}"#
    ),
    (#"{"method":"io.spectrad.BeginSample"}"#, #"{"parameters":{"sampleId":"","scanner":"s"}}"#),
    (
      #"{"method":"io.spectrad.DeleteSample","parameters":{"sampleId":"x\"/"}}"#,
      #"{"error":"io.spectrad.NoSuchSample","parameters":{"sampleId":"x\"/"}}"#
    ),
    (
      #"{"method":"io.spectrad.GetStatus","more":false,"oneway":null,"unknown":1}"#,
      #"{"error":"org.varlink.service.MethodNotImplemented","parameters":{"method":"io.spectrad.GetStatus"}}"#
    ),
    (
      #"{"method":"io.spectrad.Nothing"}"#,
      #"{"error":"org.varlink.service.MethodNotFound","parameters":{"method":"io.spectrad.Nothing"}}"#
    ),
    (
      #"{"method":"Nothing"}"#,
      #"{"error":"org.varlink.service.MethodNotFound","parameters":{"method":"Nothing"}}"#
    ),
    (
      #"{"method":"org.varlink.service.Nothing"}"#,
      #"{"error":"org.varlink.service.MethodNotFound","parameters":{"method":"org.varlink.service.Nothing"}}"#
    ),
    (
      #"{"method":"org.example.Nothing"}"#,
      #"{"error":"org.varlink.service.InterfaceNotFound","parameters":{"interface":"org.example"}}"#
    ),
    (
      #"{"method":"io.spectrad.GetStatus","upgrade":true}"#,
      #"{"error":"org.varlink.service.InvalidParameter","parameters":{"parameter":"upgrade"}}"#
    ),
    (
      #"{"method":"io.spectrad.ReadScans","parameters":{"sampleId":"2"}}"#,
      #"{"error":"org.varlink.service.ExpectedMore","parameters":{}}"#
    ),
    (
      #"{"method":"io.spectrad.Subscribe"}"#,
      #"{"error":"org.varlink.service.ExpectedMore","parameters":{}}"#
    ),
    (
      #"{"method":"io.spectrad.ReadScans","parameters":{"sampleId":"0"},"more":true}"#,
      #"{"parameters":{}}"#
    ),
  ])
  func `a call is answered`(call: String, reply: String) async throws {
    try await TestServer.run { server in
      let answer = try await server.answer(to: call)
      #expect(answer == reply)
    }
  }

  private static let baseline = #"""
    {"scanner":"s","standard":"white","time":"t","scans":1,"noiseAbsorbance":0.1,
    "signalCounts":2,"peaksNanometres":[1,2]}
    """#

  @Test(arguments: [
    (baseline, nil),
    (baseline.replacing(#""scans":1,"#, with: ""), "baseline.scans"),
    // Foundation does not say where a number stands that does not fit.
    (baseline.replacing(#""scans":1,"#, with: #""scans":1.5,"#), "parameters"),
    (baseline.replacing(#""scans":1,"#, with: #""scans":1e30,"#), "parameters"),
    (baseline.replacing("[1,2]", with: #"[1,"2"]"#), "baseline.peaksNanometres[1]"),
    (baseline.replacing("[1,2]", with: "{}"), "baseline.peaksNanometres"),
    (baseline.replacing(#""white""#, with: "null"), "baseline.standard"),
    ("null", "baseline"), ("[]", "baseline"),
  ])
  func `a parameter that is missing or wrong is named`(json: String, name: String?) async throws {
    let call = #"{"method":"io.spectrad.SetBaseline","parameters":{"baseline":\#(json)}}"#
    try await TestServer.run { server in
      let answer = try await server.answer(to: call)
      let wanted = name.map {
        #"{"error":"org.varlink.service.InvalidParameter","parameters":{"parameter":"\#($0)"}}"#
      }
      #expect(answer == wanted ?? #"{"parameters":{}}"#)
    }
  }

  @Test(arguments: ["[]", "1", "\"x\""])
  func `parameters that are no object are refused`(json: String) async throws {
    let call = #"{"method":"io.spectrad.SetBaseline","parameters":\#(json)}"#
    try await TestServer.run { server in
      let answer = try await server.answer(to: call)
      #expect(
        answer?.contains(#"InvalidParameter","parameters":{"parameter":"parameters"}"#) == true
      )
    }
  }

  @Test func `calls of one connection are answered in their order`() async throws {
    try await TestServer.run { server in
      let names = ["wait"] + (0..<200).map { "sample \($0)" }
      let service = server.service
      let answers = try await server.client { client in
        for name in names {
          try client.send(
            #"{"method":"io.spectrad.BeginSample","parameters":{"sample":"\#(name)"}}"#
          )
        }
        service.open()
        return try names.map { _ in try client.message() }
      }
      #expect(answers == names.map { #"{"parameters":{"sampleId":"\#($0)","scanner":"s"}}"# })
      #expect(service.begun.withLock { $0 } == names)
      #expect(try await server.counters { $0.calls == 201 }.calls == 201)
    }
  }

  @Test func `a slow answer holds up nobody else`() async throws {
    try await TestServer.run { server in
      let path = server.path
      let service = server.service
      let slow = try await server.client { slow in
        try slow.send(#"{"method":"io.spectrad.BeginSample","parameters":{"sample":"wait"}}"#)
        let quick = try RawConnection(path: path)
        let answer = try quick.call(#"{"method":"io.spectrad.BeginSample"}"#)
        service.open()
        return [answer, try slow.message()]
      }
      #expect(slow.count == 2)
      #expect(service.begun.withLock { $0 } == ["", "wait"])
    }
  }

  @Test func `a call that wants no reply gets none`() async throws {
    try await TestServer.run { server in
      let answers = try await server.client { client in
        for method in ["BeginSample", "DeleteSample", "ReadScans", "Subscribe", "Nothing"] {
          try client.send(#"{"method":"io.spectrad.\#(method)","oneway":true}"#)
        }
        return try client.call(#"{"method":"io.spectrad.BeginSample"}"#)
      }
      #expect(answers == #"{"parameters":{"sampleId":"","scanner":"s"}}"#)
      #expect(server.service.begun.withLock { $0 } == ["", ""])
    }
  }

  @Test func `calls without a reply are done even when the client has gone`() async throws {
    try await TestServer.run { server in
      try await server.client { client in
        for name in ["a", "b", "c"] {
          try client.send(
            #"{"method":"io.spectrad.BeginSample","oneway":true,"parameters":{"sample":"\#(name)"}}"#
          )
        }
      }
      _ = try await server.counters { $0.calls == 3 && $0.clientsConnected == 0 }
      #expect(server.service.begun.withLock { $0 } == ["a", "b", "c"])
    }
  }

  @Test func `a client that has said everything still gets its replies`() async throws {
    try await TestServer.run { server in
      let answers = try await server.client { client in
        try client.send(#"{"method":"io.spectrad.BeginSample","parameters":{"sample":"a"}}"#)
        try client.send(
          #"{"method":"io.spectrad.ReadScans","parameters":{"sampleId":"3"},"more":true}"#
        )
        client.endInput()
        return try client.messagesToEnd()
      }
      #expect(answers.count == 5)
      #expect(answers.last == #"{"parameters":{}}"#)
      #expect(answers.dropLast().dropFirst().allSatisfy { $0.hasSuffix(#","continues":true}"#) })
    }
  }

  @Test func `the service hears who called`() async throws {
    try await TestServer.run { server in
      _ = try await server.answer(to: #"{"method":"io.spectrad.BeginSample"}"#)
      let peer = try #require(server.service.peers.withLock { $0 }.first)
      #expect(peer == PeerCredentials.ofThisProcess())
    }
  }
}
