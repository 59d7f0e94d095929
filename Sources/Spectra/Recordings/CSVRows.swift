/// Goes through the rows of a CSV file one at a time.
///
/// Cells are separated by commas or, where commas are decimal marks, by semicolons: by whichever
/// stands first in the file. A cell in quotes may hold separators, line ends and doubled quotes; a
/// number in quotes may have a decimal comma.
struct CSVRows {
  /// Where a cell's text is in the file, quotes and the spaces around it left out.
  struct Cell {
    var range: Range<Int>
    var isQuoted: Bool
    /// Whether a comma in it is a decimal mark although commas separate cells too.
    var hasDecimalComma = false
    /// A quoted cell that holds nothing is a text; an unquoted one is a missing value.
    var isMissing: Bool { range.isEmpty && !isQuoted }
  }

  /// More cells than any recording needs.
  private static let cellMaximum = 4_096

  private let file: String
  private let bytes: [UInt8]
  private let separator: UInt8
  private var position: Int
  private var nextLine = 1
  private var rowStart = 0

  /// The line on which the current row begins; the first is 1.
  private(set) var line = 0
  /// The cells of the current row; at least one.
  private(set) var cells: [Cell] = []

  /// Begins before the first row.
  init(_ source: RecordingSource) {
    (file, bytes, position) = (source.file, source.bytes, source.contentStart)
    let first = bytes[position...].first { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") }
    separator = first ?? UInt8(ascii: ",")
  }

  /// Goes to the next row that is not an empty line; false when there is none.
  mutating func next() throws(RecordingError) -> Bool {
    repeat {
      guard position < bytes.count else { return false }
      try readRow()
    } while cells.count == 1 && cells[0].isMissing
    return true
  }

  /// The text of a cell of the current row.
  func text(_ index: Int) throws(RecordingError) -> String {
    let cell = cells[index]
    guard let text = String(validating: bytes[cell.range], as: UTF8.self) else {
      throw malformed(index, expected: "a text in UTF-8")
    }
    guard cell.isQuoted, text.utf8.contains(UInt8(ascii: "\"")) else { return text }
    var content: [UInt8] = []
    var isSecond = false
    for byte in text.utf8 {
      isSecond = byte == UInt8(ascii: "\"") && !isSecond
      if !isSecond { content.append(byte) }
    }
    return String(decoding: content, as: UTF8.self)
  }

  /// The number in a cell: nil when the cell is empty, NaN when it says that there is none (∞).
  func number(_ index: Int) throws(RecordingError) -> Double? {
    let cell = cells[index]
    if cell.range.isEmpty { return nil }
    if let value = finiteNumber(cell) {
      guard value.isFinite else {
        throw malformed(index, expected: "a number that a double can hold")
      }
      return value
    }
    guard CSVRows.isNoNumber(bytes[cell.range]) else {
      throw malformed(index, expected: "a number")
    }
    return .nan
  }

  /// What programs write where there is no number, without sign and in lower case.
  ///
  /// .NET has words of its own for German, French and Chinese.
  private static let noNumberNames: Set<String> = [
    "∞", "nan", "inf", "infinity", "n. def.", "unendlich", "non numérique", "infini", "非数字",
    "正无穷大", "负无穷大", "不是一個數字", "正無窮大", "負無窮大",
  ]

  private static func isNoNumber(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.count <= 24 else { return false }
    let isSigned = text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+")
    let name = String(decoding: isSigned ? text.dropFirst() : text, as: UTF8.self)
    return noNumberNames.contains(name.lowercased())
  }

  /// The whole number in a cell, nil when it is empty.
  func wholeNumber<Number: FixedWidthInteger>(
    _ index: Int,
    _ type: Number.Type = Number.self
  ) throws(RecordingError) -> Number? {
    guard let value = try number(index) else { return nil }
    guard let number = Number(exactly: value) else {
      throw malformed(index, expected: "a whole number from \(Number.min) to \(Number.max)")
    }
    return number
  }

  /// Takes a cell and the next for the two sides of a decimal comma.
  mutating func joinDecimalComma(at index: Int) {
    let range = cells[index].range.lowerBound..<cells[index + 1].range.upperBound
    cells[index] = Cell(range: range, isQuoted: false, hasDecimalComma: true)
    cells.remove(at: index + 1)
  }

  /// Whether a cell and the next can be the two sides of a decimal comma: `-0` and `05`.
  func canJoinDecimalComma(at index: Int) -> Bool {
    guard index + 1 < cells.count, !cells[index].isQuoted, !cells[index + 1].isQuoted,
      cells[index].range.upperBound + 1 == cells[index + 1].range.lowerBound
    else { return false }
    let range = cells[index].range.lowerBound..<cells[index + 1].range.upperBound
    return separator == UInt8(ascii: ",")
      && DecimalNumber.value(bytes, in: range, mark: UInt8(ascii: ",")) != nil
  }

  /// The error that a cell of the current row is not what it should be.
  func malformed(_ index: Int, expected: String) -> RecordingError {
    let cell = cells[index]
    let found =
      cell.range.isEmpty
      ? "an empty cell"
      : Excerpt.text(bytes, from: cell.range.lowerBound, to: cell.range.upperBound)
    return .malformed(place(index), found: found, expected: expected)
  }

  /// Where the current row is, or a cell of it.
  func place(_ index: Int? = nil) -> RecordingPlace {
    RecordingPlace(
      file: file,
      line: line,
      column: index.map { cells[$0].range.lowerBound - rowStart + 1 }
    )
  }

  private func finiteNumber(_ cell: Cell) -> Double? {
    let range = cell.range
    let isSigned = bytes[range.lowerBound] == UInt8(ascii: "+")
    let digits = isSigned ? range.dropFirst() : range
    if let value = DecimalNumber.value(bytes, in: digits) { return value }
    guard separator == UInt8(ascii: ";") || cell.isQuoted || cell.hasDecimalComma else {
      return nil
    }
    return DecimalNumber.value(bytes, in: digits, mark: UInt8(ascii: ","))
  }
}

extension CSVRows {
  private mutating func readRow() throws(RecordingError) {
    (line, rowStart) = (nextLine, position)
    cells.removeAll(keepingCapacity: true)
    while true {
      guard cells.count < CSVRows.cellMaximum else {
        throw .malformed(
          place(),
          found: "more than \(CSVRows.cellMaximum) cells",
          expected: "a column per wavelength and a few more"
        )
      }
      try readCell()
      guard position < bytes.count else { return }
      position += 1
      if bytes[position - 1] == UInt8(ascii: "\n") {
        nextLine += 1
        return
      }
    }
  }

  /// Reads a cell and stops at the separator or the line's end behind it.
  private mutating func readCell() throws(RecordingError) {
    skipSpace()
    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { return try readQuotedCell() }
    let start = position
    while position < bytes.count, !isCellEnd(bytes[position]) { position += 1 }
    var end = position
    while end > start, CSVRows.isSpace(bytes[end - 1]) { end -= 1 }
    cells.append(Cell(range: start..<end, isQuoted: false))
  }

  private mutating func readQuotedCell() throws(RecordingError) {
    let start = position + 1
    position = start
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "\n") { nextLine += 1 }
      guard bytes[position] == UInt8(ascii: "\"") else {
        position += 1
        continue
      }
      let isDoubled = position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "\"")
      position += isDoubled ? 2 : 1
      if isDoubled { continue }
      cells.append(Cell(range: start..<(position - 1), isQuoted: true))
      skipSpace()
      guard position == bytes.count || isCellEnd(bytes[position]) else {
        throw malformed(cells.count - 1, expected: "nothing between a quoted cell and the next")
      }
      return
    }
    cells.append(Cell(range: start..<bytes.count, isQuoted: true))
    throw malformed(cells.count - 1, expected: "a quote at the end of the cell")
  }

  private mutating func skipSpace() {
    while position < bytes.count, CSVRows.isSpace(bytes[position]) { position += 1 }
  }

  private func isCellEnd(_ byte: UInt8) -> Bool { byte == separator || byte == UInt8(ascii: "\n") }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }
}
