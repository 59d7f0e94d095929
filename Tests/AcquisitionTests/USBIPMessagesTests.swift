import Acquisition
import Spectra
import Testing

@Suite struct USBIPMessagesTests {
  @Test func `the reply to an import is read`() throws {
    var bytes: [UInt8] = [0x01, 0x11, 0x00, 0x03, 0, 0, 0, 0]
    #expect(try status(of: bytes) == 0)
    bytes[7] = 1
    #expect(try status(of: bytes) == 1)
    bytes[0] = 2
    #expect(throws: USBIPViolation.version(0x0211)) { try status(of: bytes) }
    (bytes[0], bytes[3]) = (1, 5)
    #expect(throws: USBIPViolation.operation(5)) { try status(of: bytes) }

    var device = [UInt8](repeating: 0x77, count: 312)
    device.replaceSubrange(288..<304, with: [0, 0, 0, 3, 0, 0, 0, 9, 0, 0, 0, 2, 4, 0x51, 0x42, 0])
    let imported = USBIPImport(parsing: device.span)
    #expect(imported.deviceID == 0x0003_0009)
    #expect(imported.vendor == 0x0451)
    #expect(imported.product == 0x4200)
  }

  @Test func `replies come out of the buffer whatever pieces they arrive in`() throws {
    let stream =
      message(3, 7, status: 0, length: 64) + Array(repeating: 0x5A, count: 64)
      + message(3, 8, status: -32, length: 0) + message(4, 9, status: -104, length: 12345)
    for piece in 1...stream.count {
      var buffer = USBIPReplyBuffer()
      var report = FixedArray<UInt8>(repeating: 0, count: 64)
      var found: [USBIPReply] = []
      for start in stride(from: 0, to: stream.count, by: piece) {
        let end = min(start + piece, stream.count)
        _ = buffer.append { bytes, offset in
          for index in start..<end { bytes[offset + index - start] = stream[index] }
          return end - start
        }
        while let reply = try buffer.peekReply(), buffer.count >= 48 + Int(reply.actualLength) {
          if reply.actualLength > 0 { buffer.copy(64, from: 48, to: &report, at: 0) }
          buffer.drop(48 + Int(reply.actualLength))
          found.append(reply)
        }
      }
      #expect(found.map(\.sequence) == [7, 8, 9], "pieces of \(piece)")
      #expect(found.map(\.status) == [0, -32, -104])
      #expect(found.map(\.isUnlink) == [false, false, true])
      // The length of an unlink's reply means nothing.
      #expect(found.map(\.actualLength) == [64, 0, 0])
      let last = report[63]
      #expect(last == 0x5A)
    }
  }

  @Test func `another message is refused`() {
    var buffer = USBIPReplyBuffer()
    let bytes = message(1, 7, status: 0, length: 0)
    _ = buffer.append { target, offset in
      for index in bytes.indices { target[offset + index] = bytes[index] }
      return bytes.count
    }
    var violation: USBIPViolation?
    do throws(USBIPViolation) { _ = try buffer.peekReply() } catch { violation = error }
    #expect(violation == .command(1))
  }

  private func status(of bytes: [UInt8]) throws(USBIPViolation) -> UInt32 {
    try USBIPImport.status(parsing: bytes.span)
  }

  private func message(
    _ command: UInt32,
    _ sequence: UInt32,
    status: Int32,
    length: UInt32
  ) -> [UInt8] {
    [command, sequence, 0, 0, 0, UInt32(bitPattern: status), length, 0, .max, 0, 0, 0]
      .flatMap { word in (0..<4).map { UInt8(word >> (24 - 8 * $0) & 0xFF) } }
  }
}
