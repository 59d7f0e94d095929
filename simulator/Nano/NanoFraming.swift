/// A complete command as it came in one or more 64-byte packets.
package struct NanoRequest: Equatable, Sendable {
  /// Byte 0 of the header.
  package let flags: UInt8
  /// Byte 1: chosen by the host, echoed by the device.
  package let sequence: UInt8
  /// Group in the upper byte, command in the lower: `02/16` is 0x0216.
  package let code: UInt16
  /// Everything behind the command and group bytes, to the end of the last packet.
  ///
  /// The device parses its buffer whatever the declared length says; TI's host relies on that when
  /// it sends a configuration of 155 bytes under a declared length of 126.
  package let parameters: [UInt8]

  /// Whether the host wants a reply.
  package var wantsReply: Bool { flags & 0x40 != 0 }
  /// Whether the command was sent as a read.
  package var isRead: Bool { flags & 0x80 != 0 }
}

/// Joins packets to commands; what is no command is swallowed without a reply.
package struct NanoRequestAssembler: Sendable {
  /// The device forgets a partial command after a second without a packet.
  package static let timeoutNanoseconds: UInt64 = 1_000_000_000

  private enum State {
    case idle
    /// The first packets of a command, `expected` bytes in all with its header.
    case collecting(bytes: [UInt8], expected: Int, last: UInt64)
    /// A bad header announced this many more bytes; they are not looked at.
    case swallowing(byteCount: Int, last: UInt64)
  }

  private var state = State.idle

  /// Makes an assembler that expects a first packet.
  package init() {}

  /// Takes one packet of at most 64 bytes; returns the command that it completes, if any.
  ///
  /// `now` is CLOCK_MONOTONIC in nanoseconds.
  package mutating func accept(_ packet: [UInt8], now: UInt64) -> NanoRequest? {
    let padded = packet + [UInt8](repeating: 0, count: max(0, 64 - packet.count))
    switch state {
    case .collecting(let bytes, let expected, let last)
    where now &- last < NanoRequestAssembler.timeoutNanoseconds:
      return proceed(with: bytes + padded, expected: expected, now: now)
    case .swallowing(let byteCount, let last)
    where now &- last < NanoRequestAssembler.timeoutNanoseconds:
      state = byteCount > 64 ? .swallowing(byteCount: byteCount - 64, last: now) : .idle
      return nil
    case .idle, .collecting, .swallowing: return begin(with: padded, isShort: packet.count < 4, now)
    }
  }

  private mutating func begin(with packet: [UInt8], isShort: Bool, _ now: UInt64) -> NanoRequest? {
    state = .idle
    guard !isShort else { return nil }
    let length = Int(packet.littleEndian(at: 2, as: UInt16.self))
    // Destination 0 command or 2 debug (1 is unused), reserved and response bits clear.
    let isValid = packet[0] & 0b11 != 0b11 && packet[0] & 0b0011_1100 == 0
    guard isValid, (2...512).contains(length) else {
      if length > 64 { state = .swallowing(byteCount: length - 64, last: now) }
      return nil
    }
    return proceed(with: packet, expected: 4 + length, now: now)
  }

  private mutating func proceed(
    with bytes: [UInt8],
    expected: Int,
    now: UInt64
  ) -> NanoRequest? {
    guard bytes.count >= expected else {
      state = .collecting(bytes: bytes, expected: expected, last: now)
      return nil
    }
    state = .idle
    return NanoRequest(
      flags: bytes[0],
      sequence: bytes[1],
      code: UInt16(bytes[5]) << 8 | UInt16(bytes[4]),
      parameters: Array(bytes[6...])
    )
  }
}

/// What the device answers to a command.
package enum NanoReply: Equatable, Sendable {
  /// Done; the bytes may be none.
  case ok([UInt8])
  /// Unknown, refused or failed.
  case error
  /// Somebody else has the device, or it has nothing to measure yet.
  case busy

  /// The reply as whole 64-byte packets, to a request with these flags and sequence number.
  package func packets(flags: UInt8, sequence: UInt8) -> [[UInt8]] {
    let data: [UInt8]
    let response: UInt8
    switch self {
    case .ok(let bytes): (data, response) = (bytes, 0x00)
    case .error: (data, response) = ([], 0x10)
    case .busy: (data, response) = ([], 0x20)
    }
    var message = [flags | response, sequence]
    message.append(littleEndian: UInt16(data.count))
    message.append(contentsOf: data)
    return stride(from: 0, to: message.count, by: NanoDescriptors.reportBytes).map { start in
      let packet = message[start..<min(start + NanoDescriptors.reportBytes, message.count)]
      return packet + [UInt8](repeating: 0, count: NanoDescriptors.reportBytes - packet.count)
    }
  }
}
