/// A JSON value as the daemon wrote it, whose parts are passed on unchanged.
///
/// What programs read from `--json` is the daemon's own text, so members that this client does not
/// know yet reach them too. The value must be valid JSON, which decoding it has shown before.
package struct JSONText: Equatable, Sendable {
  private let text: ArraySlice<UInt8>

  /// Makes a value of its bytes.
  package init(_ bytes: [UInt8]) { text = JSONText.trimmed(bytes[...]) }

  private init(_ slice: ArraySlice<UInt8>) { text = JSONText.trimmed(slice) }

  /// The value's bytes without space around them.
  package var bytes: [UInt8] { Array(text) }

  /// Whether the value is null.
  package var isNull: Bool { text.elementsEqual("null".utf8) }

  /// The members of an object in their order; empty for other values.
  ///
  /// Names are as written: those of the interface have no escapes.
  package var members: [(name: String, value: JSONText)] {
    guard text.first == UInt8(ascii: "{") else { return [] }
    return parts.compactMap { part in
      guard part.first == UInt8(ascii: "\""),
        let end = part[(part.startIndex + 1)...].firstIndex(of: UInt8(ascii: "\"")),
        let colon = part[end...].firstIndex(of: UInt8(ascii: ":"))
      else { return nil }
      let name = String(decoding: part[(part.startIndex + 1)..<end], as: UTF8.self)
      return (name, JSONText(part[(colon + 1)...]))
    }
  }

  /// The member of this name; nil when there is none.
  package subscript(name: String) -> JSONText? { members.first { $0.name == name }?.value }

  /// The elements of an array in their order; empty for other values.
  package var elements: [JSONText] {
    text.first == UInt8(ascii: "[") ? parts.map { JSONText($0) } : []
  }

  /// What stands between the commas of an object or array.
  private var parts: [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var (start, depth) = (text.startIndex + 1, 0)
    var (isInText, isEscaped) = (false, false)
    for index in text.indices {
      let byte = text[index]
      if isInText {
        if !isEscaped, byte == UInt8(ascii: "\"") { isInText = false }
        isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInText = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { parts.append(text[start..<index]) }
      case UInt8(ascii: ",") where depth == 1:
        parts.append(text[start..<index])
        start = index + 1
      default: break
      }
    }
    return parts.map(JSONText.trimmed).filter { !$0.isEmpty }
  }

  private static func trimmed(_ slice: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
    let start = slice.drop(while: isSpace)
    guard let last = start.lastIndex(where: { !isSpace($0) }) else { return [] }
    return start[...last]
  }
}
