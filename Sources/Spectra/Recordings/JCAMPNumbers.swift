/// Reads the numbers of one line of JCAMP-DX data, plain ones (AFFN) and compressed ones (ASDF).
struct JCAMPNumbers {
  /// A number in one of the forms that the format knows.
  enum Token: Equatable {
    /// The value itself: a plain number, or one whose first digit also says the sign (SQZ).
    case value(Double)
    /// There is no value here (`?`).
    case missing
    /// The difference to the value before (DIF).
    case difference(Double)
    /// What stands before is meant so many times in all (DUP).
    case repetition(Int)
  }

  private let bytes: [UInt8]
  private let end: Int
  /// Where the next token begins, or the space before it.
  private(set) var position: Int

  /// Begins at the start of a line's content.
  init(_ bytes: [UInt8], _ range: Range<Int>) {
    (self.bytes, position, end) = (bytes, range.lowerBound, range.upperBound)
  }

  /// The decimals of the plain number that was read last: `12.50` has two.
  private(set) var decimalCount = 0

  /// Goes over spaces, commas and semicolons; false at the end of the line.
  mutating func skipSeparators() -> Bool {
    while position < end, " \t\r,;".utf8.contains(bytes[position]) { position += 1 }
    return position < end
  }

  /// Reads a plain number: `-12.5`, `.5`, `1E+05`; nil when there is none here.
  ///
  /// An E is an exponent only where a sign and digits follow: else it is a compressed 5.
  mutating func readPlain() -> Double? {
    let start = position
    var cursor = position
    if cursor < end, bytes[cursor] == UInt8(ascii: "+") || bytes[cursor] == UInt8(ascii: "-") {
      cursor += 1
    }
    let digitCount = skipDigits(&cursor)
    decimalCount = 0
    if cursor < end, bytes[cursor] == UInt8(ascii: ".") {
      cursor += 1
      decimalCount = skipDigits(&cursor)
    }
    guard digitCount + decimalCount > 0 else { return nil }
    skipExponent(&cursor)
    // Double takes neither a point at an end nor more than it can hold.
    guard let value = Double(String(decoding: bytes[start..<cursor], as: UTF8.self)),
      value.isFinite
    else { return nil }
    position = cursor
    return value
  }

  /// Reads a number of any form; nil when there is none here.
  mutating func readToken() -> Token? {
    let byte = bytes[position]
    if byte == UInt8(ascii: "?") {
      position += 1
      return .missing
    }
    if let value = readPlain() { return .value(value) }
    for (form, digits) in JCAMPNumbers.pseudoDigits {
      guard let index = digits.firstIndex(of: byte) else { continue }
      var cursor = position + 1
      let start = cursor
      _ = skipDigits(&cursor)
      // Fifteen digits are an exact double.
      guard cursor - start < 15 else { return nil }
      let rest = String(decoding: bytes[start..<cursor], as: UTF8.self)
      guard let magnitude = Int(String(form.firstDigit + index) + rest) else { return nil }
      position = cursor
      return form.token(magnitude)
    }
    return nil
  }

  private func skipDigits(_ cursor: inout Int) -> Int {
    let start = cursor
    while cursor < end, bytes[cursor] &- UInt8(ascii: "0") <= 9 { cursor += 1 }
    return cursor - start
  }

  private func skipExponent(_ cursor: inout Int) {
    guard cursor + 1 < end, bytes[cursor] | 0x20 == UInt8(ascii: "e"),
      bytes[cursor + 1] == UInt8(ascii: "+") || bytes[cursor + 1] == UInt8(ascii: "-")
    else { return }
    var digits = cursor + 2
    if (1...3).contains(skipDigits(&digits)) { cursor = digits }
  }

  /// The forms in which the first digit is a letter.
  private enum Form {
    case positive, negative, increase, decrease, repetition

    /// What the first letter of the form stands for.
    var firstDigit: Int {
      switch self {
      case .positive, .increase: 0
      case .negative, .decrease, .repetition: 1
      }
    }

    func token(_ magnitude: Int) -> Token {
      switch self {
      case .positive: .value(Double(magnitude))
      case .negative: .value(-Double(magnitude))
      case .increase: .difference(Double(magnitude))
      case .decrease: .difference(-Double(magnitude))
      case .repetition: .repetition(magnitude)
      }
    }
  }

  private static let pseudoDigits: [(Form, [UInt8])] = [
    (.positive, Array("@ABCDEFGHI".utf8)), (.negative, Array("abcdefghi".utf8)),
    (.increase, Array("%JKLMNOPQR".utf8)), (.decrease, Array("jklmnopqr".utf8)),
    (.repetition, Array("STUVWXYZs".utf8)),
  ]
}
