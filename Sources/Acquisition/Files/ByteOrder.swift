/// Little-endian numbers, as the scanner stores them; a number outside the bytes traps.
extension Span where Element == UInt8 {
  func uint16(at offset: Int) -> UInt16 {
    UInt16(self[offset]) | UInt16(self[offset + 1]) << 8
  }

  func uint32(at offset: Int) -> UInt32 {
    UInt32(uint16(at: offset)) | UInt32(uint16(at: offset + 2)) << 16
  }

  func int16(at offset: Int) -> Int16 { Int16(bitPattern: uint16(at: offset)) }

  func int32(at offset: Int) -> Int32 { Int32(bitPattern: uint32(at: offset)) }

  func double(at offset: Int) -> Double {
    Double(
      bitPattern: UInt64(uint32(at: offset)) | UInt64(uint32(at: offset + 4)) << 32
    )
  }
}

extension Array where Element == UInt8 {
  mutating func appendLittleEndian(_ value: UInt16) {
    append(UInt8(truncatingIfNeeded: value))
    append(UInt8(truncatingIfNeeded: value >> 8))
  }

  mutating func appendLittleEndian(_ value: UInt32) {
    appendLittleEndian(UInt16(truncatingIfNeeded: value))
    appendLittleEndian(UInt16(truncatingIfNeeded: value >> 16))
  }
}
