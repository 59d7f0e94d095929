/// A few characters of a file, as an error message shows them.
enum Excerpt {
  private static let byteMaximum = 24

  /// The text that starts at `offset`, shortened and without control characters.
  static func text(_ bytes: [UInt8], from offset: Int, to end: Int) -> String {
    guard offset < end else { return "the end of the line" }
    let stop = min(end, offset + byteMaximum)
    var text = "'"
    for scalar in String(decoding: bytes[offset..<stop], as: UTF8.self).unicodeScalars {
      let isShown = scalar.value >= 0x20 && scalar.value != 0x7F && scalar.value != 0xFFFD
      text.unicodeScalars.append(isShown ? scalar : "?")
    }
    return text + (stop < end ? "…'" : "'")
  }

  /// `text`, shortened and without control characters.
  static func text(_ text: String) -> String {
    guard !text.isEmpty else { return "nothing" }
    let bytes = Array(text.utf8)
    return self.text(bytes, from: 0, to: bytes.count)
  }
}
