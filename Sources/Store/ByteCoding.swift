import Spectra

/// Appends values to bytes: whole numbers seven bits at a time, doubles as their 64 bits.
struct ByteWriter {
  private(set) var bytes: [UInt8]

  /// Begins with the version of what follows.
  init(_ version: UInt8) {
    bytes = [version]
    bytes.reserveCapacity(1_024)
  }

  mutating func add(byte: UInt8) { bytes.append(byte) }

  mutating func add(_ value: Int) {
    // Zigzag: small numbers of either sign have few bits.
    addUnsigned(UInt64(bitPattern: Int64(value << 1 ^ value >> 63)))
  }

  mutating func add(_ value: Timestamp) { add(Int(value.microsecondsSinceEpoch)) }

  mutating func add(_ value: Double) {
    let bits = value.bitPattern
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
    }
  }

  mutating func add(_ value: String) {
    addUnsigned(UInt64(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  mutating func add(_ values: [Double]) {
    add(values) { $0.add($1) }
  }

  /// Neighbouring wavelengths have neighbouring counts: differences take half the bytes.
  mutating func addCounts(_ values: [Int32]) {
    var previous: Int32 = 0
    add(values) { writer, value in
      writer.add(Int(value) - Int(previous))
      previous = value
    }
  }

  mutating func add<Value>(_ values: [Value], _ write: (inout ByteWriter, Value) -> Void) {
    addUnsigned(UInt64(values.count))
    for value in values { write(&self, value) }
  }

  mutating func optional<Value>(_ value: Value?, _ write: (inout ByteWriter, Value) -> Void) {
    add(byte: value == nil ? 0 : 1)
    if let value { write(&self, value) }
  }

  private mutating func addUnsigned(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

/// Reads what `ByteWriter` wrote; bytes that it did not write end in `isWhole` being false.
struct ByteReader {
  private let bytes: [UInt8]
  private var position = 1
  private var isValid = true

  /// Begins behind the version; nil when it is another.
  init?(_ bytes: [UInt8], version: UInt8) {
    guard bytes.first == version else { return nil }
    self.bytes = bytes
  }

  /// Whether everything could be read and nothing is left.
  var isWhole: Bool { isValid && position == bytes.count }

  mutating func whole() -> Int {
    let value = unsigned()
    return Int(Int64(bitPattern: value >> 1 ^ (0 &- (value & 1))))
  }

  mutating func time() -> Timestamp { Timestamp(microsecondsSinceEpoch: Int64(whole())) }

  mutating func number() -> Double {
    var bits: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bits |= UInt64(byte()) << shift }
    return Double(bitPattern: bits)
  }

  mutating func text() -> String {
    let length = count(elementBytes: 1)
    defer { position += length }
    return String(decoding: bytes[position..<(position + length)], as: UTF8.self)
  }

  mutating func numbers() -> [Double] {
    (0..<count(elementBytes: 8)).map { _ in number() }
  }

  mutating func counts() -> [Int32] {
    var previous = 0
    return (0..<count(elementBytes: 1)).map { _ in
      previous = previous &+ whole()
      return exactly(Int32(exactly: previous), else: 0)
    }
  }

  mutating func kind() -> ReferenceKind { exactly(ReferenceKind(rawValue: byte()), else: .none) }

  mutating func index() -> UInt32 { exactly(UInt32(exactly: whole()), else: 0) }

  mutating func optional<Value>(_ read: (inout ByteReader) -> Value) -> Value? {
    switch byte() {
    case 0: return nil
    case 1: return read(&self)
    default:
      isValid = false
      return nil
    }
  }

  /// How many elements follow, each of at least so many bytes: never more than there is room for.
  mutating func count(elementBytes: Int) -> Int {
    let value = unsigned()
    guard isValid, value <= UInt64((bytes.count - position) / elementBytes) else {
      isValid = false
      return 0
    }
    return Int(value)
  }

  private mutating func exactly<Value>(_ value: Value?, else other: Value) -> Value {
    if value == nil { isValid = false }
    return value ?? other
  }

  private mutating func byte() -> UInt8 {
    guard position < bytes.count else {
      isValid = false
      return 0
    }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func unsigned() -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      let next = byte()
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
    }
    isValid = false
    return 0
  }
}
