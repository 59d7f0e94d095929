/// How to name samples: text with placeholders in braces, such as `{folder}/{name}`.
///
/// Every file offers `folder` (the folder it lies in, as seen from the folder that was given),
/// `name` (the file's name without extension and without the numbers at its end) and `file` (the
/// name without extension). A wide CSV offers the headers of its columns too.
package struct SamplePattern: Equatable, Sendable {
  /// What names the samples of files that hold one scan and no name: folder plus label.
  package static let folderAndName = SamplePattern(
    parts: [.placeholder("folder"), .text("/"), .placeholder("name")]
  )

  private enum Part: Equatable, Sendable {
    case text(String)
    case placeholder(String)
  }

  /// A placeholder that has no value.
  struct UnknownPlaceholder: Error {
    var name: String
  }

  private let parts: [Part]

  private init(parts: [Part]) { self.parts = parts }

  /// Reads a pattern, or nil when it is empty, a brace has no partner or a placeholder no name.
  package init?(_ text: String) {
    var parts: [Part] = []
    var rest = Substring(text)
    while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
      if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
      rest = rest[open...].dropFirst()
      guard text[open] == "{", let close = rest.firstIndex(of: "}") else { return nil }
      let name = String(rest[..<close])
      if name.isEmpty || name.contains("{") { return nil }
      parts.append(.placeholder(name))
      rest = rest[close...].dropFirst()
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    if parts.isEmpty { return nil }
    self.parts = parts
  }

  /// Whether a placeholder of this name stands in the pattern.
  func uses(_ placeholder: String) -> Bool { parts.contains(.placeholder(placeholder)) }

  /// The sample's name; `value` gives what a placeholder stands for, or nil when there is no such.
  ///
  /// A file without a folder would begin its name with a slash, so leading slashes are dropped.
  func name(
    _ value: (String) -> String?
  ) throws(UnknownPlaceholder) -> String {
    var name = ""
    for part in parts {
      switch part {
      case .text(let text): name += text
      case .placeholder(let placeholder):
        guard let text = value(placeholder) else { throw UnknownPlaceholder(name: placeholder) }
        name += text
      }
    }
    return String(name.drop { $0 == "/" })
  }
}
