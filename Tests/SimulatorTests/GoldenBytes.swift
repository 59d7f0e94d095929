import Foundation

/// Bytes that a Python script made: see `Tests/Golden/simulator/make_golden.py`.
enum GoldenBytes {
  /// The bytes stored under `name`.
  static func load(_ name: String, source: StaticString = #filePath) throws -> [UInt8] {
    let folder = URL(fileURLWithPath: "\(source)").deletingLastPathComponent()
    let file = folder.appendingPathComponent("../Golden/simulator/encodings.json")
    let texts = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: file))
    return bytes(hex: texts[name] ?? "")
  }

  /// The bytes that hexadecimal digits stand for; spaces are ignored.
  static func bytes(hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { index in
      UInt8(digits[index] << 4 | digits[index + 1])
    }
  }
}
