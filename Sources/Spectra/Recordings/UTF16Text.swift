/// Text in UTF-16, as Windows programs save what they call Unicode.
enum UTF16Text {
  /// The bytes in UTF-8 when a byte order mark says that they are UTF-16, else unchanged.
  ///
  /// What is no character becomes U+FFFD, which no format has a meaning for.
  static func asUTF8(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 2 else { return bytes }
    let highFirst: Bool
    switch (bytes[0], bytes[1]) {
    case (0xFF, 0xFE): highFirst = false
    case (0xFE, 0xFF): highFirst = true
    default: return bytes
    }
    let units = (1..<bytes.count / 2).map { index in
      let (first, second) = (UInt16(bytes[2 * index]), UInt16(bytes[2 * index + 1]))
      return highFirst ? first << 8 | second : second << 8 | first
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }
}
