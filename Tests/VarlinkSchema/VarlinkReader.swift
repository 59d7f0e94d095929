/// Reads the interface definition language, token by token.
struct VarlinkReader {
  private struct Token {
    var text: String
    var line: Int
    /// The comment lines that stand directly above, joined.
    var comment: String
  }

  private var tokens: [Token] = []
  private var position = 0

  init(_ text: String) {
    var comment: [String] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let code = line.prefix { $0 != "#" }
      if code.trimmed.isEmpty {
        // A comment belongs to what follows it without an empty line; one behind code is not kept.
        let isComment = code.count < line.count
        comment = isComment ? comment + [line.dropFirst(code.count + 1).trimmed] : []
      }
      for text in VarlinkReader.words(of: code) {
        let joined = comment.joined(separator: " ")
        tokens.append(Token(text: text, line: index + 1, comment: joined))
        comment = []
      }
    }
  }

  mutating func readInterface() throws(VarlinkSyntaxError) -> VarlinkSchema {
    var schema = VarlinkSchema()
    try take("interface")
    schema.name = try takeName("the interface's name")
    while position < tokens.count {
      let comment = tokens[position].comment
      switch try takeAny("type, method or error") {
      case "type":
        let name = try takeName("a type's name")
        let members = try readMembers()
        schema.types.append(.init(name: name, comment: comment, members: members))
      case "method":
        let name = try takeName("a method's name")
        let parameters = try readMembers()
        try take("->")
        let reply = try readMembers()
        schema.methods.append(
          .init(name: name, comment: comment, parameters: parameters, reply: reply)
        )
      case "error":
        let name = try takeName("an error's name")
        let members = try readMembers()
        schema.errors.append(.init(name: name, comment: comment, members: members))
      case let other:
        position -= 1
        throw failure("type, method or error", found: other)
      }
    }
    return schema
  }

  private mutating func readMembers() throws(VarlinkSyntaxError) -> [VarlinkSchema.Member] {
    try take("(")
    if takeIf(")") { return [] }
    var members: [VarlinkSchema.Member] = []
    repeat {
      let comment = position < tokens.count ? tokens[position].comment : ""
      let name = try takeName("a member's name")
      try take(":")
      members.append(.init(name: name, comment: comment, type: try readType()))
    } while takeIf(",")
    try take(")")
    return members
  }

  private mutating func readType() throws(VarlinkSyntaxError) -> VarlinkSchema.MemberType {
    if takeIf("?") { return .nullable(try readType()) }
    if takeIf("[]") { return .array(try readType()) }
    if takeIf("[string]") { return .map(try readType()) }
    if position < tokens.count, tokens[position].text == "(" { return try readInlineType() }
    switch try takeName("a type") {
    case "bool": return .bool
    case "int": return .int
    case "float": return .float
    case "string": return .string
    case "object": return .object
    case let name: return .named(name)
    }
  }

  /// Either members or the names of a choice, which only the second token tells.
  private mutating func readInlineType() throws(VarlinkSyntaxError) -> VarlinkSchema.MemberType {
    let isChoice = position + 2 < tokens.count && [",", ")"].contains(tokens[position + 2].text)
    guard isChoice else { return .structure(try readMembers()) }
    try take("(")
    var names: [String] = []
    repeat { names.append(try takeName("a name of a choice")) } while takeIf(",")
    try take(")")
    return .choice(names)
  }

  private mutating func take(_ text: String) throws(VarlinkSyntaxError) {
    guard takeIf(text) else { throw failure(text, found: nil) }
  }

  private mutating func takeIf(_ text: String) -> Bool {
    guard position < tokens.count, tokens[position].text == text else { return false }
    position += 1
    return true
  }

  private mutating func takeName(_ what: String) throws(VarlinkSyntaxError) -> String {
    guard position < tokens.count, tokens[position].text.first?.isLetter == true else {
      throw failure(what, found: nil)
    }
    return try takeAny(what)
  }

  private mutating func takeAny(_ what: String) throws(VarlinkSyntaxError) -> String {
    guard position < tokens.count else { throw failure(what, found: nil) }
    position += 1
    return tokens[position - 1].text
  }

  private func failure(_ expected: String, found: String?) -> VarlinkSyntaxError {
    guard position < tokens.count else {
      return VarlinkSyntaxError(line: tokens.last?.line ?? 0, expected: expected, found: "the end")
    }
    let token = tokens[position]
    return VarlinkSyntaxError(line: token.line, expected: expected, found: found ?? token.text)
  }

  private static func words(of line: Substring) -> [String] {
    var words: [String] = []
    var rest = line.drop(while: \.isWhitespace)
    while let first = rest.first {
      let marks = ["->", "[string]", "[]"].first { rest.hasPrefix($0) }
      let name = rest.prefix { $0.isLetter || $0.isNumber || "._-".contains($0) }
      let word = marks ?? (name.isEmpty ? String(first) : String(name))
      words.append(word)
      rest = rest.dropFirst(word.count).drop(while: \.isWhitespace)
    }
    return words
  }
}

extension Substring {
  fileprivate var trimmed: String {
    let start = drop(while: \.isWhitespace)
    return String(String(start.reversed().drop(while: \.isWhitespace)).reversed())
  }
}
