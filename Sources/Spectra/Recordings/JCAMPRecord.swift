/// A labelled data record of a JCAMP-DX file: `##LABEL= value`, then lines of data.
struct JCAMPRecord {
  /// The label as labels are compared: upper case, without spaces, hyphens, slashes, underscores.
  let label: String
  /// What follows the label on its line, without comment and surrounding space.
  let value: String
  /// The line of the label.
  let line: Int
  /// The lines below, comments cut off, that are not empty.
  var data: [(line: Int, range: Range<Int>)] = []

  /// The records of a file in their order; throws when text stands before the first.
  static func all(_ source: RecordingSource) throws(RecordingError) -> [JCAMPRecord] {
    var records: [JCAMPRecord] = []
    var start = source.contentStart
    var line = 0
    while start < source.bytes.count {
      let end = source.bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? source.bytes.count
      line += 1
      let content = contentRange(source.bytes, start..<end)
      start = end + 1
      if content.isEmpty { continue }
      if source.bytes[content].starts(with: "##".utf8) {
        records.append(JCAMPRecord(content.dropFirst(2), line, source))
      } else if records.isEmpty {
        throw .malformed(
          RecordingPlace(file: source.file, line: line),
          found: Excerpt.text(source.bytes, from: content.lowerBound, to: content.upperBound),
          expected: "##TITLE="
        )
      } else {
        records[records.count - 1].data.append((line, content))
      }
    }
    return records
  }

  private init(_ range: Range<Int>, _ line: Int, _ source: RecordingSource) {
    let text = JCAMPRecord.text(source.bytes[range])
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    label = JCAMPRecord.normalised(String(parts[0]))
    value = parts.count > 1 ? JCAMPRecord.trimmed(parts[1]) : ""
    self.line = line
  }

  /// The text in UTF-8, or in Latin-1 as older programs write it.
  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  /// A label or a word of a value as it is compared with others.
  static func normalised(_ text: String) -> String {
    text.uppercased().filter { !" -/_\t".contains($0) }
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return String(text)
  }

  /// A line without its comment (`$$ …`) and the space around it.
  private static func contentRange(_ bytes: [UInt8], _ line: Range<Int>) -> Range<Int> {
    let dollar = UInt8(ascii: "$")
    var end = line.lowerBound
    while end < line.upperBound {
      if bytes[end] == dollar, end + 1 < line.upperBound, bytes[end + 1] == dollar { break }
      end += 1
    }
    var start = line.lowerBound
    while start < end, bytes[start] <= UInt8(ascii: " ") { start += 1 }
    while end > start, bytes[end - 1] <= UInt8(ascii: " ") { end -= 1 }
    return start..<end
  }
}
