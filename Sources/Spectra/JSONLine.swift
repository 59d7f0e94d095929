/// Writes one JSON object as one line of UTF-8, its members in the order in which they are added.
///
/// Why not `JSONEncoder`: it writes members in no stable order and refuses NaN, while lines here
/// are read by people, compared byte by byte in tests, and must hold null where a number is missing.
package struct JSONLine {
  /// The bytes written so far.
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// Begins an empty object.
  package init(reservingBytes count: Int = 512) {
    bytes.reserveCapacity(count)
    bytes.append(UInt8(ascii: "{"))
  }

  /// Adds a member with a text value; nil is null.
  package mutating func add(_ name: String, _ value: String?) {
    addName(name)
    addText(value)
  }

  /// Adds a member with a truth value.
  package mutating func add(_ name: String, _ value: Bool) {
    addName(name)
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  /// Adds a member with a whole number; nil is null.
  package mutating func add(_ name: String, _ value: (some FixedWidthInteger)?) {
    addName(name)
    addNumber(value)
  }

  /// Adds a member with a number in its shortest exact form; nil, NaN and infinities are null.
  package mutating func add(_ name: String, _ value: Double?) {
    addName(name)
    addNumber(value)
  }

  /// Adds a member with an array of texts.
  package mutating func add(_ name: String, _ values: [String]) {
    addArray(name, values) { line, value in line.addText(value) }
  }

  /// Adds a member with an array of numbers, null where one is NaN or infinite.
  package mutating func add(_ name: String, _ values: [Double]) {
    addArray(name, values) { line, value in line.addNumber(value) }
  }

  /// Adds a member with an array of whole numbers.
  package mutating func add(_ name: String, _ values: [some FixedWidthInteger]) {
    addArray(name, values) { line, value in line.addNumber(value) }
  }

  /// Adds a member that is an object, filled by `fill`.
  package mutating func addObject(_ name: String, _ fill: (inout JSONLine) -> Void) {
    addName(name)
    openObject(fill)
  }

  /// Adds a member that is an array of objects, one per value, each filled by `fill`.
  package mutating func addObjects<Value>(
    _ name: String,
    _ values: [Value],
    _ fill: (inout JSONLine, Value) -> Void
  ) {
    addArray(name, values) { line, value in line.openObject { fill(&$0, value) } }
  }

  /// Adds a member that is null.
  package mutating func addNull(_ name: String) {
    addName(name)
    bytes.append(contentsOf: "null".utf8)
  }

  /// Ends the object and returns the line with its newline.
  package consuming func finish() -> [UInt8] {
    bytes.append(UInt8(ascii: "}"))
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  private mutating func openObject(_ fill: (inout JSONLine) -> Void) {
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
    fill(&self)
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  private mutating func addArray<Value>(
    _ name: String,
    _ values: [Value],
    _ add: (inout JSONLine, Value) -> Void
  ) {
    addName(name)
    bytes.append(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      add(&self, value)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func addName(_ name: String) {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
    addText(name)
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func addNumber(_ value: (some FixedWidthInteger)?) {
    bytes.append(contentsOf: (value.map { String($0) } ?? "null").utf8)
  }

  private mutating func addNumber(_ value: Double?) {
    guard let value, value.isFinite else {
      bytes.append(contentsOf: "null".utf8)
      return
    }
    // "41.0" and "41" are the same number in JSON; the shorter one is what people expect.
    let text = value.description
    bytes.append(contentsOf: (text.hasSuffix(".0") ? String(text.dropLast(2)) : text).utf8)
  }

  private mutating func addText(_ value: String?) {
    guard let value else {
      bytes.append(contentsOf: "null".utf8)
      return
    }
    bytes.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x0A: bytes.append(contentsOf: "\\n".utf8)
      case 0x0D: bytes.append(contentsOf: "\\r".utf8)
      case 0x09: bytes.append(contentsOf: "\\t".utf8)
      case 0..<0x20, 0x7F:
        let digits = String(byte, radix: 16)
        bytes.append(contentsOf: ("\\u00" + (digits.utf8.count == 1 ? "0" : "") + digits).utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
