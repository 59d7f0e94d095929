import Testing
import Varlink

/// Whatever a client sends, nobody but itself is hurt.
@Suite struct HostileInputTests {
  private static let good = #"{"method":"io.spectrad.BeginSample"}"#
  private static let goodReply = #"{"parameters":{"sampleId":"","scanner":"s"}}"#

  private static func nested(_ depth: Int) -> String {
    let (open, close) = (String(repeating: "[", count: depth), String(repeating: "]", count: depth))
    return #"{"method":"io.spectrad.BeginSample","parameters":{"x":\#(open)\#(close)}}"#
  }

  /// A good call of exactly so many bytes.
  private static func call(byteCount: Int) -> [UInt8] {
    let start = #"{"method":"io.spectrad.BeginSample","parameters":{"x":""#
    let padding = byteCount - start.utf8.count - 3
    return Array(start.utf8) + [UInt8](repeating: 0x78, count: padding) + Array(#""}}"#.utf8)
  }

  struct Malformed: CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]

    init(_ name: String, _ bytes: [UInt8]) { (testDescription, self.bytes) = (name, bytes) }
  }

  private static let malformed: [Malformed] = [
    Malformed("an empty message", []), Malformed("no JSON", Array("hello".utf8)),
    Malformed("half of it", Array("{".utf8)),
    Malformed("an array", Array("[]".utf8)), Malformed("a number", Array("1".utf8)),
    Malformed("null", Array("null".utf8)),
    Malformed("no method", Array("{}".utf8)),
    Malformed("a method that is a number", Array(#"{"method":1}"#.utf8)),
    Malformed("a flag that is a text", Array(#"{"method":"a.b","more":"yes"}"#.utf8)),
    Malformed("two values", Array(#"{"method":"a.b"}{"method":"a.b"}"#.utf8)),
    Malformed("another protocol", Array("GET / HTTP/1.1\r\n\r\n".utf8)),
    Malformed("no UTF-8", Array(#"{"method":"a."#.utf8) + [0xFF, 0xFE] + Array(#""}"#.utf8)),
    Malformed("a surrogate that stands alone", Array(#"{"method":"a.\ud800"}"#.utf8)),
    Malformed("UTF-16", [0xFE, 0xFF, 0x01, 0x7B]), Malformed("33 levels", Array(nested(31).utf8)),
    Malformed("20,000 levels", Array(nested(20_000).utf8)),
    Malformed("one byte too many", call(byteCount: (64 << 10) + 1)),
  ]

  @Test(arguments: malformed)
  func `a message that is no call ends its connection and no other`(
    message: Malformed
  ) async throws {
    try await TestServer.run { server in
      let path = server.path
      let replies = try await server.client { other in
        let hostile = try RawConnection(path: path)
        let before = try hostile.call(Self.good)
        // It may be closed before everything was sent.
        try? hostile.send(bytes: message.bytes + [0] + Array(Self.good.utf8) + [0])
        return [before] + (try hostile.messagesToEnd()) + [try other.call(Self.good)]
      }
      #expect(replies == [Self.goodReply, Self.goodReply])
      let counters = try await server.counters { $0.clientsMalformed == 1 }
      #expect(counters.clientsMalformed == 1)
      #expect(counters.calls == 2)
    }
  }

  @Test(arguments: [nested(30), String(decoding: call(byteCount: 64 << 10), as: UTF8.self)])
  func `a call at the limit is answered`(call: String) async throws {
    try await TestServer.run { server in
      let answer = try await server.answer(to: call)
      #expect(answer == Self.goodReply)
    }
  }

  @Test func `a message that does not end is not kept`() async throws {
    try await TestServer.run { server in
      let replies = try await server.client { client in
        let endless = [UInt8](repeating: 0x20, count: 1 << 16)
        for _ in 0..<1_024 {
          do { try client.send(bytes: endless) } catch { break }
        }
        return try client.messagesToEnd()
      }
      #expect(replies == [])
      #expect(try await server.counters { $0.clientsMalformed == 1 }.clientsMalformed == 1)
    }
  }

  @Test func `a message may come byte by byte`() async throws {
    try await TestServer.run { server in
      let replies = try await server.client { client in
        for byte in Array(Self.good.utf8) + [0] + Array(Self.good.utf8) {
          try client.send(bytes: [byte])
        }
        return [try client.message(), try client.call("")]
      }
      #expect(replies == [Self.goodReply, Self.goodReply])
    }
  }

  @Test func `calls that wait are read no further than a limit`() async throws {
    try await TestServer.run { server in
      let service = server.service
      let (sent, replied) = try await server.client { client in
        try client.send(#"{"method":"io.spectrad.BeginSample","parameters":{"sample":"wait"}}"#)
        // 4,000 calls of 1 KiB; the server takes some, the socket some, then sending would block.
        let call = Array(Self.call(byteCount: 1_023)) + [0]
        var sent = 0
        while sent < 4_000, try client.sendAtOnce(call) { sent += 1 }
        service.open()
        let first = try client.message() == nil ? 0 : 1
        for _ in 0..<sent { guard try client.message() == Self.goodReply else { break } }
        return (sent, first)
      }
      #expect(replied == 1)
      #expect(sent < 1_000, "\(sent) KiB were taken")
    }
  }

  @Test func `random bytes between calls never stop the server`() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    try await TestServer.run { server in
      let path = server.path
      let last = try await server.client { other in
        var random = SplitMix(state: seed)
        for _ in 0..<200 {
          let hostile = try RawConnection(path: path)
          var bytes = Array(Self.good.utf8) + [0]
          for _ in 0..<(random.next() % 8) {
            bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(
              truncatingIfNeeded: random.next()
            )
          }
          try? hostile.send(bytes: bytes)
          if random.next() % 2 == 0 { hostile.endInput(); _ = try hostile.messagesToEnd() }
        }
        return try other.call(Self.good)
      }
      #expect(last == Self.goodReply, "seed \(seed)")
    }
  }
}

/// Random numbers that a seed repeats.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
