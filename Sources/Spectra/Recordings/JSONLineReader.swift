/// Reads the JSON value of one line, in the order in which it stands there.
///
/// The counterpart of `JSONLine`. Why not `JSONDecoder`: it took 2.4 s for 6,000 scans where this
/// takes a tenth of it, it cannot say at which column a line is wrong, and it would be the daemon's
/// only use of Foundation in this module.
struct JSONLineReader {
  private let bytes: [UInt8]
  private let end: Int
  private var position: Int

  /// What is wrong with a line, at an offset into the file's bytes.
  struct Fault: Error {
    var offset: Int
    var found: String
    var expected: String
  }

  /// How deep an ignored value may be nested.
  private static let depthMaximum = 32

  /// Begins to read the line that is `bytes[range]`.
  init(_ bytes: [UInt8], in range: Range<Int>) {
    self.bytes = bytes
    (position, end) = (range.lowerBound, range.upperBound)
  }

  /// Reads an object; `readMember` must read exactly one value for each member's name.
  mutating func readObject(
    _ readMember: (inout JSONLineReader, String) throws(Fault) -> Void
  ) throws(Fault) {
    try expect("{", "an object")
    if skip("}") { return }
    repeat {
      skipSpace()
      let name = try readText()
      try expect(":", "':' after the member's name")
      try readMember(&self, name)
    } while skip(",")
    try expect("}", "',' or '}'")
  }

  /// Reads an array; `readElement` must read exactly one value each time.
  mutating func readArray(
    _ readElement: (inout JSONLineReader) throws(Fault) -> Void
  ) throws(Fault) {
    try expect("[", "an array")
    if skip("]") { return }
    repeat { try readElement(&self) } while skip(",")
    try expect("]", "',' or ']'")
  }

  /// Reads null and says so, or reads nothing.
  mutating func readNull() -> Bool {
    skipSpace()
    return skipWord("null")
  }

  /// Reads a finite number.
  mutating func readNumber() throws(Fault) -> Double {
    skipSpace()
    let start = position
    // JSON, unlike the CSV files that share the number reader, has no leading zeros.
    let firstDigit = byte(at: start) == UInt8(ascii: "-") ? start + 1 : start
    let isPadded =
      byte(at: firstDigit) == UInt8(ascii: "0")
      && (byte(at: firstDigit + 1).map { (48...57).contains($0) } ?? false)
    guard !isPadded, let value = DecimalNumber.read(bytes, at: &position, end: end) else {
      throw fault(at: start, expected: "a number")
    }
    guard value.isFinite else {
      throw fault(at: start, expected: "a number that a double can hold")
    }
    return value
  }

  /// Reads a whole number that `Number` can hold.
  mutating func readWholeNumber<Number: FixedWidthInteger>(
    _ type: Number.Type = Number.self
  ) throws(Fault) -> Number {
    skipSpace()
    let start = position
    guard let number = Number(exactly: try readNumber()) else {
      throw fault(at: start, expected: "a whole number from \(Number.min) to \(Number.max)")
    }
    return number
  }

  /// Reads a text.
  mutating func readText() throws(Fault) -> String {
    skipSpace()
    let start = position
    guard byte(at: position) == UInt8(ascii: "\"") else { throw fault(expected: "a text") }
    position += 1
    let contentStart = position
    while let byte = byte(at: position), byte >= 0x20, byte != UInt8(ascii: "\\") {
      if byte == UInt8(ascii: "\"") {
        guard let text = String(validating: bytes[contentStart..<position], as: UTF8.self) else {
          throw fault(at: start, expected: "a text in UTF-8")
        }
        position += 1
        return text
      }
      position += 1
    }
    position = contentStart
    return try readEscapedText(start: start)
  }

  /// Reads any one value and forgets it.
  mutating func skipValue() throws(Fault) { try skipValue(depth: 0) }

  /// Makes sure that nothing follows the value.
  mutating func finish() throws(Fault) {
    skipSpace()
    guard position == end else { throw fault(expected: "the end of the line") }
  }

  /// What is wrong at the start of the next value.
  mutating func faultAtNextValue(expected: String) -> Fault {
    skipSpace()
    return fault(expected: expected)
  }

  private mutating func skipValue(depth: Int) throws(Fault) {
    skipSpace()
    guard depth < JSONLineReader.depthMaximum else {
      throw fault(expected: "at most \(JSONLineReader.depthMaximum) nested values")
    }
    switch byte(at: position) {
    case UInt8(ascii: "{"):
      try readObject { (reader, _) throws(Fault) in try reader.skipValue(depth: depth + 1) }
    case UInt8(ascii: "["):
      try readArray { (reader) throws(Fault) in try reader.skipValue(depth: depth + 1) }
    case UInt8(ascii: "\""): _ = try readText()
    default:
      if skipWord("null") || skipWord("true") || skipWord("false") { return }
      _ = try readNumber()
    }
  }

  private func fault(at offset: Int? = nil, expected: String) -> Fault {
    let offset = offset ?? position
    return Fault(
      offset: offset,
      found: Excerpt.text(bytes, from: offset, to: end),
      expected: expected
    )
  }

  private func byte(at index: Int) -> UInt8? { index < end ? bytes[index] : nil }

  private mutating func skipSpace() {
    while let byte = byte(at: position), byte == 0x20 || byte == 0x09 || byte == 0x0D {
      position += 1
    }
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard byte(at: position) == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar, _ expected: String) throws(Fault) {
    guard skip(character) else { throw fault(expected: expected) }
  }

  private mutating func skipWord(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard end - position >= count else { return false }
    let matches = bytes[position..<(position + count)].elementsEqual(word.description.utf8)
    if matches { position += count }
    return matches
  }
}

extension JSONLineReader {
  private mutating func readEscapedText(start: Int) throws(Fault) -> String {
    var content: [UInt8] = []
    while let byte = byte(at: position), byte >= 0x20 {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else {
          throw fault(at: start, expected: "a text in UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): content.append(contentsOf: try readEscape())
      default: content.append(byte)
      }
    }
    throw fault(at: start, expected: "a text that ends on its line, without control characters")
  }

  private mutating func readEscape() throws(Fault) -> [UInt8] {
    let start = position - 1
    let byte = byte(at: position)
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return byte.map { [$0] } ?? []
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      guard let scalar = readCodePoint() else {
        throw fault(at: start, expected: "\\u and the four digits of a character")
      }
      return Array(String(scalar).utf8)
    default: throw fault(at: start, expected: "an escape of JSON")
    }
  }

  private mutating func readCodePoint() -> Unicode.Scalar? {
    guard let first = readFourDigits() else { return nil }
    guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
    guard byte(at: position) == UInt8(ascii: "\\"), byte(at: position + 1) == UInt8(ascii: "u")
    else { return nil }
    position += 2
    guard let second = readFourDigits(), (0xDC00..<0xE000).contains(second) else { return nil }
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
  }

  private mutating func readFourDigits() -> UInt32? {
    guard end - position >= 4 else { return nil }
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else { return nil }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
