extension [UInt8] {
  /// Appends an integer, least significant byte first.
  package mutating func append(littleEndian value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  /// Appends the eight bytes of an IEEE double, least significant byte first.
  package mutating func append(littleEndian value: Double) {
    append(littleEndian: value.bitPattern)
  }

  /// Appends `text` cut or padded with zeros to `width` bytes.
  package mutating func append(text: String, width: Int) {
    let bytes = text.utf8.prefix(width)
    append(contentsOf: bytes)
    append(contentsOf: repeatElement(0, count: width - bytes.count))
  }

  /// The integer whose least significant byte is at `offset`; bytes beyond the end read as zero.
  ///
  /// The device reads parameters from a fixed buffer, so a request that is too short is no error.
  package func littleEndian<Value: FixedWidthInteger>(
    at offset: Int,
    as type: Value.Type = Value.self
  ) -> Value {
    var value: Value = 0
    for index in 0..<(Value.bitWidth / 8) where offset + index < count {
      value |= Value(truncatingIfNeeded: self[offset + index]) << (8 * index)
    }
    return value
  }

  /// The text in `width` bytes from `offset`, up to its first zero; nil when it is not UTF-8.
  package func text(at offset: Int, width: Int) -> String? {
    let field = self[Swift.min(offset, count)..<Swift.min(offset + width, count)]
    return String(validating: field.prefix { $0 != 0 }, as: UTF8.self)
  }
}
