import NIOCore
import spectrasim

/// The client's side of USB/IP, written separately from the server's.
enum USBIPClientCodec {
  static func bytes(_ operation: USBIPOperation) -> [UInt8] {
    switch operation {
    case .listDevices: [0x01, 0x11, 0x80, 0x05, 0, 0, 0, 0]
    case .importDevice(let busID):
      [0x01, 0x11, 0x80, 0x03, 0, 0, 0, 0] + Array(busID.utf8)
        + [UInt8](repeating: 0, count: 32 - busID.utf8.count)
    }
  }

  static func bytes(_ command: USBIPCommand) -> [UInt8] {
    switch command {
    case .submit(let submit):
      words([
        1, submit.sequence, submit.deviceID, submit.direction == .in ? 1 : 0, submit.endpoint,
        0x200, UInt32(submit.transferByteCount), 0, 0xFFFF_FFFF, 1,
      ]) + submit.setup + submit.payload
    case .unlink(let sequence, let deviceID, let victim):
      words([2, sequence, deviceID, 0, 0, victim]) + [UInt8](repeating: 0, count: 24)
    }
  }

  static func words(_ words: [UInt32]) -> [UInt8] {
    words.flatMap { word in
      [24, 16, 8, 0].map { (shift: UInt32) in UInt8(truncatingIfNeeded: word >> shift) }
    }
  }

  static func word(_ bytes: [UInt8], at offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 << 8 | UInt32(bytes[offset + $1]) }
  }
}
