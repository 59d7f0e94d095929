/// The words of one line of a fault script, read from left to right.
struct FaultSentence {
  private let words: [Substring]
  private let line: Int
  private var position = 0

  /// Splits a line into words; a comma is a word of its own.
  init(_ text: Substring, line: Int) {
    var words: [Substring] = []
    for piece in text.split(whereSeparator: \.isWhitespace) {
      for (index, word) in piece.split(separator: ",", omittingEmptySubsequences: false)
        .enumerated()
      {
        if index > 0 { words.append(",") }
        if !word.isEmpty { words.append(word) }
      }
    }
    (self.words, self.line) = (words, line)
  }

  /// Whether every word has been read.
  var isAtEnd: Bool { position == words.count }

  /// Whether a comma comes next.
  var isAtComma: Bool { words[position...].first == "," }

  /// The words from `start` on as they stand in the script.
  func text(from start: Int) -> String {
    words[start...].joined(separator: " ").replacing(" ,", with: ",")
  }

  /// How many words have been read.
  var wordsRead: Int { position }

  /// Reads `phrase`, of one or several words, if it comes next.
  mutating func accepts(_ phrase: String) -> Bool {
    let wanted = phrase.split(separator: " ")
    guard words[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  /// Reads `phrase`, which must come next.
  mutating func read(_ phrase: String) throws(FaultScriptError) {
    guard accepts(phrase) else { throw unexpected("'\(phrase)'") }
  }

  /// Reads a whole number in `range`, hexadecimal behind `0x`; `what` says what it counts.
  mutating func readNumber<Number: FixedWidthInteger>(
    _ what: String,
    in range: ClosedRange<Number>
  ) throws(FaultScriptError) -> Number {
    guard let word = words[position...].first, let number: Number = FaultSentence.number(word),
      range.contains(number)
    else { throw unexpected("\(what) from \(range.lowerBound) to \(range.upperBound)") }
    position += 1
    return number
  }

  private static func number<Number: FixedWidthInteger>(_ word: Substring) -> Number? {
    word.hasPrefix("0x") ? Number(word.dropFirst(2), radix: 16) : Number(word)
  }

  /// Reads a time such as `1.5 s` or `200 ms`, in nanoseconds.
  mutating func readTime() throws(FaultScriptError) -> UInt64 {
    guard let word = words[position...].first, let value = Double(word),
      (0...86_400_000).contains(value)
    else { throw unexpected("a time such as 1.5 s or 200 ms") }
    position += 1
    if accepts("s"), value <= 86_400 { return UInt64(value * 1e9) }
    if accepts("ms") { return UInt64(value * 1e6) }
    throw unexpected("'s' (at most 86400) or 'ms'")
  }

  /// Reads a command by its name or as GG/CC, group and command in hexadecimal digits.
  mutating func readCommand() throws(FaultScriptError) -> UInt16 {
    guard let word = words[position...].first, let code = FaultSentence.commandCode(word) else {
      throw unexpected(
        "a command: "
          + FaultSentence.commandNames.map(\.name).joined(separator: ", ") + ", or GG/CC"
      )
    }
    position += 1
    return code
  }

  /// What stands where something else was expected.
  func unexpected(_ expected: String) -> FaultScriptError {
    let found = position < words.count ? "'\(words[position])'" : "the end of the line"
    return .unexpected(found: found, expected: expected, line: line)
  }

  /// The names that scripts call commands by.
  private static let commandNames: [(name: String, command: NanoCommand)] = [
    ("start", .startScan), ("status", .deviceStatus), ("errors", .errorStatus),
    ("size", .fileSize), ("clear", .clearErrors), ("repeats", .setRepeats),
    ("estimate", .estimatedTime), ("temperature", .temperature), ("humidity", .humidity),
    ("lamp", .photodetector), ("version", .version), ("serial", .serialNumber),
    ("model", .model), ("calibration", .calibration), ("clock", .setClock),
    ("hibernate", .setHibernation), ("awake", .hibernation),
    ("configuration", .readConfiguration), ("apply", .applyConfiguration),
  ]

  private static func commandCode(_ word: Substring) -> UInt16? {
    if let known = commandNames.first(where: { $0.name == word }) { return known.command.rawValue }
    let parts = word.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
      let group = UInt8(parts[0], radix: 16), let command = UInt8(parts[1], radix: 16)
    else { return nil }
    return UInt16(group) << 8 | UInt16(command)
  }
}
