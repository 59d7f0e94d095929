internal import Spectra

/// The messages of USB/IP 1.1.1 that a client writes; all numbers are big-endian.
///
/// See "USB/IP protocol" in the kernel's documentation.
enum USBIPRequest {
  static let version: UInt16 = 0x0111
  /// The size of a transfer message without its data.
  static let headerByteCount = 48
  static let importByteCount = 40

  /// Writes the request to import the device `busID`.
  static func writeImport(of busID: String, into bytes: inout FixedArray<UInt8>) {
    bytes.writeBigEndian(UInt32(version) << 16 | 0x8003, at: 0)
    bytes.writeBigEndian(0, at: 4)
    for index in 8..<importByteCount { bytes[index] = 0 }
    for (index, byte) in busID.utf8.prefix(USBIPAddress.busIDBytesMax).enumerated() {
      bytes[8 + index] = byte
    }
  }

  /// Writes the header of an interrupt transfer of `length` bytes; data of an OUT follows it.
  static func writeSubmit(
    sequence: UInt32,
    device: UInt32,
    isIn: Bool,
    endpoint: UInt32,
    length: Int,
    into bytes: inout FixedArray<UInt8>,
    at offset: Int
  ) {
    bytes.writeBigEndian(1, at: offset)
    bytes.writeBigEndian(sequence, at: offset + 4)
    bytes.writeBigEndian(device, at: offset + 8)
    bytes.writeBigEndian(isIn ? 1 : 0, at: offset + 12)
    bytes.writeBigEndian(endpoint, at: offset + 16)
    bytes.writeBigEndian(0, at: offset + 20)
    bytes.writeBigEndian(UInt32(length), at: offset + 24)
    bytes.writeBigEndian(0, at: offset + 28)
    // This number of packets says that the transfer is not isochronous.
    bytes.writeBigEndian(.max, at: offset + 32)
    bytes.writeBigEndian(1, at: offset + 36)
    bytes.writeBigEndian(0, at: offset + 40)
    bytes.writeBigEndian(0, at: offset + 44)
  }

  /// Writes the request to give up the transfer `victim`.
  static func writeUnlink(
    sequence: UInt32,
    device: UInt32,
    victim: UInt32,
    into bytes: inout FixedArray<UInt8>
  ) {
    bytes.writeBigEndian(2, at: 0)
    bytes.writeBigEndian(sequence, at: 4)
    bytes.writeBigEndian(device, at: 8)
    bytes.writeBigEndian(0, at: 12)
    bytes.writeBigEndian(0, at: 16)
    bytes.writeBigEndian(victim, at: 20)
    for offset in stride(from: 24, to: headerByteCount, by: 4) {
      bytes.writeBigEndian(0, at: offset)
    }
  }
}

/// The answer to an import.
package struct USBIPImport: Equatable, Sendable, BitwiseCopyable {
  /// The size of the part that says whether the device was imported.
  package static let statusByteCount = 8
  /// The size of the description that follows when it was.
  package static let deviceByteCount = 312

  /// What transfers name the device by: bus number and device number.
  package let deviceID: UInt32
  /// The vendor of the USB identity.
  package let vendor: UInt16
  /// The product of the USB identity.
  package let product: UInt16

  /// Reads the status, 0 for success; `bytes` has `statusByteCount` of them at least.
  package static func status(
    parsing bytes: Span<UInt8>
  ) throws(USBIPViolation) -> UInt32 {
    let (version, operation) = (bytes.bigEndian16(at: 0), bytes.bigEndian16(at: 2))
    guard version == USBIPRequest.version else { throw .version(version) }
    guard operation == 0x0003 else { throw .operation(operation) }
    return bytes.bigEndian32(at: 4)
  }

  /// Reads the description; `bytes` has `deviceByteCount` of them at least.
  package init(parsing bytes: Span<UInt8>) {
    // A path of 256 bytes and the bus id of 32 come first.
    deviceID = bytes.bigEndian32(at: 288) << 16 | bytes.bigEndian32(at: 292) & 0xFFFF
    vendor = bytes.bigEndian16(at: 300)
    product = bytes.bigEndian16(at: 302)
  }
}

/// The answer to a transfer or to giving one up.
package struct USBIPReply: Equatable, Sendable, BitwiseCopyable {
  /// Whether it answers a request to give up a transfer.
  package let isUnlink: Bool
  /// The request that it answers.
  package let sequence: UInt32
  /// 0, or a negative errno.
  package let status: Int32
  /// How many bytes were moved; data of an IN follows the header.
  package let actualLength: Int32

  /// Reads the header; `bytes` has 48 of them at least.
  package init(parsing bytes: Span<UInt8>) throws(USBIPViolation) {
    let command = bytes.bigEndian32(at: 0)
    guard command == 3 || command == 4 else { throw .command(command) }
    isUnlink = command == 4
    sequence = bytes.bigEndian32(at: 4)
    status = Int32(bitPattern: bytes.bigEndian32(at: 20))
    actualLength = isUnlink ? 0 : Int32(bitPattern: bytes.bigEndian32(at: 24))
  }
}

extension Span where Element == UInt8 {
  fileprivate func bigEndian16(at offset: Int) -> UInt16 {
    uint16(at: offset).byteSwapped
  }

  fileprivate func bigEndian32(at offset: Int) -> UInt32 {
    uint32(at: offset).byteSwapped
  }
}

extension FixedArray<UInt8> {
  fileprivate mutating func writeBigEndian(_ value: UInt32, at offset: Int) {
    for index in 0..<4 {
      self[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * index))
    }
  }
}
