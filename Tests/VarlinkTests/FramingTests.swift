import NIOCore
import Testing
import Varlink

/// Messages cut out of bytes, whatever the pieces in which they arrive.
@Suite struct FramingTests {
  @Test(arguments: 1...24)
  func `messages are the same in whatever pieces they come`(pieceBytes: Int) {
    let bytes = Array("one\0\0three and more\0fo".utf8)
    var framing = VarlinkFraming(messageBytesMax: 100)
    var messages: [String] = []
    for start in stride(from: 0, to: bytes.count, by: pieceBytes) {
      framing.append(ByteBuffer(bytes: bytes[start..<min(start + pieceBytes, bytes.count)]))
      while case .message(let message) = framing.next() {
        messages.append(String(decoding: message, as: UTF8.self))
      }
    }
    #expect(messages == ["one", "", "three and more"])
    let last = framing.next()
    #expect(last == .incomplete)
  }

  @Test(arguments: [(4, "1234\0", false), (4, "12345\0", true), (4, "12345", true), (4, "", false)])
  func `a message longer than the limit is refused`(limit: Int, text: String, isTooLong: Bool) {
    var framing = VarlinkFraming(messageBytesMax: limit)
    framing.append(ByteBuffer(string: text))
    let next = framing.next()
    #expect((next == .tooLong) == isTooLong)
  }

  @Test func `no more bytes are wanted when a message's worth is waiting`() {
    var framing = VarlinkFraming(messageBytesMax: 4)
    #expect(framing.wantsBytes)
    framing.append(ByteBuffer(string: "12\0" + "34\0"))
    #expect(!framing.wantsBytes)
    _ = framing.next()
    #expect(framing.wantsBytes)
  }
}
