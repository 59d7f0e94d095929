package import Spectra

/// One command on its way to the scanner: header, command, parameters, in whole reports.
///
/// The same storage is used for every request.
package struct NanoRequest: ~Copyable {
  /// The most bytes that follow a header.
  package static let payloadByteCountMax = 512
  /// The size of the header: flags, sequence number, u16 length.
  package static let headerByteCount = 4

  /// The reports; what lies behind `byteCount` is zero up to the end of the last one.
  package private(set) var bytes = FixedArray<UInt8>(repeating: 0, count: 9 * reportByteCount)
  /// How many bytes the header and what follows it have.
  package private(set) var byteCount = headerByteCount

  /// Makes a request that is none yet.
  package init() {}

  /// How many reports have to be sent.
  package var reportCount: Int { (byteCount + reportByteCount - 1) / reportByteCount }
  /// The flags byte: read or write, reply wanted, to the command handler.
  package var flags: UInt8 { bytes[0] }
  /// The number that the reply will repeat.
  package var sequence: UInt8 { bytes[1] }

  /// Begins a request without parameters.
  package mutating func begin(_ command: NanoCommand, sequence: UInt8) {
    for index in 0..<reportCount * reportByteCount { bytes[index] = 0 }
    bytes[0] = command.isRead ? 0xC0 : 0x40
    bytes[1] = sequence
    bytes[4] = command.code
    bytes[5] = command.group
    byteCount = NanoRequest.headerByteCount + 2
    writeLength()
  }

  /// Adds one byte of parameters; more than fit into a request trap.
  package mutating func append(_ parameter: UInt8) {
    precondition(
      byteCount < NanoRequest.headerByteCount + NanoRequest.payloadByteCountMax,
      "a request has at most 510 bytes of parameters"
    )
    bytes[byteCount] = parameter
    byteCount += 1
    writeLength()
  }

  private mutating func writeLength() {
    let length = byteCount - NanoRequest.headerByteCount
    bytes[2] = UInt8(truncatingIfNeeded: length)
    bytes[3] = UInt8(truncatingIfNeeded: length >> 8)
  }
}

/// The header of a reply.
package struct NanoReplyHeader: Equatable, Sendable, BitwiseCopyable {
  /// How the device took a command.
  package enum Outcome: UInt8, Sendable, BitwiseCopyable {
    /// Done.
    case done = 0
    /// Refused.
    case error = 1
    /// Somebody else owns the device.
    case busy = 2
  }

  /// How the device took the command.
  package let outcome: Outcome
  /// The flags of the request that it answers.
  package let requestFlags: UInt8
  /// The number of the request that it answers.
  package let sequence: UInt8
  /// How many bytes of data follow the header.
  package let dataByteCount: Int

  /// Reads the first four bytes of a report, or nil when they are no reply's header.
  package init?(parsing bytes: Span<UInt8>) {
    guard bytes.count >= NanoRequest.headerByteCount else { return nil }
    guard let outcome = Outcome(rawValue: bytes[0] >> 4 & 0b11) else { return nil }
    let flags = bytes[0] & ~0b11_0000
    let length = Int(bytes.uint16(at: 2))
    // Only requests for the command handler that want a reply get one.
    guard flags & 0b0111_1111 == 0x40, length <= NanoRequest.payloadByteCountMax else {
      return nil
    }
    (self.outcome, sequence, requestFlags, dataByteCount) = (outcome, bytes[1], flags, length)
  }

  /// How many reports the reply has.
  package var reportCount: Int {
    (NanoRequest.headerByteCount + dataByteCount + reportByteCount - 1) / reportByteCount
  }
}
