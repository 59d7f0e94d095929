/// Goes through the rows of a CSV file one at a time.
///
/// Cells are separated by commas or, where commas are decimal marks, by semicolons: by whichever
/// stands first in the file. A cell in quotes may hold separators, line ends and doubled quotes.
struct CSVRows {
  /// Where a cell's text is in the file, quotes and the spaces around it left out.
  struct Cell {
    var range: Range<Int>
    var isQuoted: Bool
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
    if let value = finiteNumber(cell.range) {
      guard value.isFinite else {
        throw malformed(index, expected: "a number that a double can hold")
      }
      return value
    }
    var name = bytes[cell.range]
    if name.first == UInt8(ascii: "-") || name.first == UInt8(ascii: "+") { name.removeFirst() }
    guard
      ["∞", "nan", "inf", "infinity"].contains(String(decoding: name, as: UTF8.self).lowercased())
    else { throw malformed(index, expected: "a number") }
    return .nan
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

  private func finiteNumber(_ range: Range<Int>) -> Double? {
    let isSigned = bytes[range.lowerBound] == UInt8(ascii: "+")
    let digits = isSigned ? range.dropFirst() : range
    if let value = DecimalNumber.value(bytes, in: digits) { return value }
    guard separator == UInt8(ascii: ";") else { return nil }
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
