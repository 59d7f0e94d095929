import NIOCore
import Testing
import spectrasim

struct USBIPMessageTests {
  @Test
  func `every operation is read back as it was written`() throws {
    for operation in [.listDevices, .importDevice(busID: "1-1")] as [USBIPOperation] {
      var buffer = ByteBuffer(bytes: USBIPClientCodec.bytes(operation))
      #expect(try buffer.readUSBIPOperation() == operation)
      #expect(buffer.readableBytes == 0)
    }
  }

  @Test
  func `every command is read back as it was written, whole or in pieces`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix(state: seed)
    for _ in 0..<300 {
      let command = USBIPMessageTests.command(&random)
      let bytes = USBIPClientCodec.bytes(command)
      var whole = ByteBuffer(bytes: bytes + [1, 2, 3])
      #expect(try whole.readUSBIPCommand() == command, "seed \(seed)")
      #expect(whole.readableBytes == 3, "seed \(seed)")
      let cut = Int.random(in: 0..<bytes.count, using: &random)
      var partial = ByteBuffer(bytes: bytes[..<cut])
      #expect(try partial.readUSBIPCommand() == nil, "seed \(seed)")
      #expect(partial.readableBytes == cut, "seed \(seed)")
      partial.writeBytes(bytes[cut...])
      #expect(try partial.readUSBIPCommand() == command, "seed \(seed)")
    }
  }

  private static func command(_ random: inout SplitMix) -> USBIPCommand {
    let sequence = UInt32.random(in: 0...UInt32.max, using: &random)
    let deviceID = UInt32.random(in: 0...UInt32.max, using: &random)
    guard Bool.random(using: &random) else {
      let victim = UInt32.random(in: 0...UInt32.max, using: &random)
      return .unlink(sequence: sequence, deviceID: deviceID, victim: victim)
    }
    let isOut = Bool.random(using: &random)
    let count = Int.random(in: 0...300, using: &random)
    return .submit(
      USBIPSubmit(
        sequence: sequence,
        deviceID: deviceID,
        direction: isOut ? .out : .in,
        endpoint: UInt32.random(in: 0...15, using: &random),
        transferByteCount: count,
        setup: (0..<8).map { _ in UInt8.random(in: 0...255, using: &random) },
        payload: isOut ? (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } : []
      )
    )
  }

  private static let badOperations: [([UInt8], USBIPError)] = [
    ([0x01, 0x06, 0x80, 0x05, 0, 0, 0, 0], .unsupportedVersion(0x0106)),
    ([0x01, 0x11, 0x80, 0x04, 0, 0, 0, 0], .unknownOperation(0x8004)),
    ([0x01, 0x11, 0x00, 0x05, 0, 0, 0, 0], .unknownOperation(0x0005)),
    (
      [0x01, 0x11, 0x80, 0x03, 0, 0, 0, 0] + [UInt8](repeating: 0x31, count: 32), .malformedBusID
    ),
    (
      [0x01, 0x11, 0x80, 0x03, 0, 0, 0, 0, 0xFF] + [UInt8](repeating: 0, count: 31),
      .malformedBusID
    ),
  ]

  @Test(arguments: badOperations)
  func `a malformed operation is refused`(bytes: [UInt8], expected: USBIPError) {
    var buffer = ByteBuffer(bytes: bytes)
    #expect(throws: expected) { try buffer.readUSBIPOperation() }
  }

  private static let badCommands: [([UInt32], USBIPError)] = [
    ([3, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0], .unknownCommand(3)),
    ([1, 1, 2, 7, 0, 0, 0, 0, 0, 0, 0, 0], .unknownDirection(7)),
    (
      [1, 1, 2, 0, 1, 0, 0xFFFF_FFFF, 0, 0, 0, 0, 0],
      .transferTooLarge(byteCount: .max, limit: 65_536)
    ),
    (
      [1, 1, 2, 1, 1, 0, 65_537, 0, 0, 0, 0, 0], .transferTooLarge(byteCount: 65_537, limit: 65_536)
    ),
    ([1, 1, 2, 1, 1, 0, 64, 0, 8, 0, 0, 0], .isochronousTransfer(packetCount: 8)),
  ]

  @Test(arguments: badCommands)
  func `a malformed command is refused`(words: [UInt32], expected: USBIPError) {
    var buffer = ByteBuffer(bytes: USBIPClientCodec.words(words))
    #expect(throws: expected) { try buffer.readUSBIPCommand() }
  }

  @Test
  func `a transfer ends when it is full and overflows when a packet does not fit`() throws {
    let packet = [UInt8](repeating: 7, count: 64)
    var queue = TransferQueue()
    try queue.append(sequence: 1, byteCount: 128)
    try queue.append(sequence: 2, byteCount: 64)
    try queue.append(sequence: 3, byteCount: 63)
    let ends = (0..<4).map { _ in queue.deliver(packet) }
    #expect(ends.map(\.?.sequence) == [nil, 1, 2, 3])
    #expect(ends.map(\.?.status) == [nil, .completed, .completed, .overflowed])
    #expect(ends.map(\.?.payload) == [nil, packet + packet, packet, []])
  }

  @Test
  func `the queue of waiting transfers has a limit`() throws {
    var queue = TransferQueue()
    for sequence in 0..<UInt32(USBIPLimits.pendingTransfers) {
      try queue.append(sequence: sequence, byteCount: 64)
    }
    let refusal = #expect(throws: USBIPError.self) {
      try queue.append(sequence: 999, byteCount: 64)
    }
    #expect(refusal == .tooManyPendingTransfers(limit: 256))
  }
}

/// Random numbers that a seed brings back.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
