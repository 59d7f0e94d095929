/// Reads decimal numbers out of text, correctly rounded and without making a string of each.
///
/// Recordings are millions of short numbers. One with at most 15 digits and a power of ten up to 22
/// is two exact doubles and one rounding; all others go through the standard library.
enum DecimalNumber {
  /// Reads the longest number that starts at `position` and moves `position` behind it.
  ///
  /// The form is JSON's, but leading zeros are allowed: digits, then optionally `mark` and digits,
  /// then optionally an exponent. Returns nil, `position` unmoved, when no such number is there.
  /// A number too large for a double is infinite.
  static func read(
    _ bytes: [UInt8],
    at position: inout Int,
    end: Int,
    mark: UInt8 = UInt8(ascii: ".")
  ) -> Double? {
    var cursor = position
    let isNegative = cursor < end && bytes[cursor] == UInt8(ascii: "-")
    if isNegative { cursor += 1 }
    var digits = Digits()
    guard digits.read(bytes, at: &cursor, end: end) > 0 else { return nil }
    if cursor < end, bytes[cursor] == mark {
      cursor += 1
      let decimals = digits.read(bytes, at: &cursor, end: end)
      guard decimals > 0 else { return nil }
      digits.exponent -= decimals
    }
    if cursor < end, bytes[cursor] | 0x20 == UInt8(ascii: "e") {
      guard let exponent = readExponent(bytes, at: &cursor, end: end) else { return nil }
      digits.exponent += exponent
    }
    let start = position
    position = cursor
    if let magnitude = digits.exactValue { return isNegative ? -magnitude : magnitude }
    let text = bytes[start..<cursor].map { $0 == mark ? UInt8(ascii: ".") : $0 }
    return Double(String(decoding: text, as: UTF8.self))
  }

  /// The number that `bytes[range]` is as a whole, or nil.
  static func value(
    _ bytes: [UInt8],
    in range: Range<Int>,
    mark: UInt8 = UInt8(ascii: ".")
  ) -> Double? {
    var position = range.lowerBound
    guard let value = read(bytes, at: &position, end: range.upperBound, mark: mark) else {
      return nil
    }
    return position == range.upperBound ? value : nil
  }

  private static func readExponent(_ bytes: [UInt8], at cursor: inout Int, end: Int) -> Int? {
    cursor += 1
    guard cursor < end else { return nil }
    let isNegative = bytes[cursor] == UInt8(ascii: "-")
    if isNegative || bytes[cursor] == UInt8(ascii: "+") { cursor += 1 }
    var digits = Digits()
    guard digits.read(bytes, at: &cursor, end: end) > 0 else { return nil }
    // Beyond a thousand the value is zero or infinite whatever the digits are.
    let magnitude = Int(min(digits.significand, 9_999))
    return isNegative ? -magnitude : magnitude
  }

  private struct Digits {
    var significand: UInt64 = 0
    var exponent = 0
    private var isExact = true

    /// Reads digits and returns how many there were.
    mutating func read(_ bytes: [UInt8], at cursor: inout Int, end: Int) -> Int {
      let start = cursor
      while cursor < end {
        let digit = bytes[cursor] &- UInt8(ascii: "0")
        guard digit <= 9 else { break }
        if significand < 1_000_000_000_000_000 {
          significand = significand * 10 + UInt64(digit)
        } else {
          isExact = false
        }
        cursor += 1
      }
      return cursor - start
    }

    /// The value, when significand and power of ten are both exact doubles.
    var exactValue: Double? {
      guard isExact, significand <= 1 << 53, (-22...22).contains(exponent) else { return nil }
      let significand = Double(significand)
      return exponent < 0
        ? significand / DecimalNumber.powersOfTen[-exponent]
        : significand * DecimalNumber.powersOfTen[exponent]
    }
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]
}
