/// The values behind a key in the header of InnoSpectra's CSV.
///
/// Where commas are decimal marks too, one number fills two cells: `26,64`.
struct HeaderValues {
  private let rows: CSVRows
  private let cells: Range<Int>

  /// Takes `cells` of the current row, without the empty ones at their end.
  init(rows: CSVRows, cells: Range<Int>) {
    self.rows = rows
    let last = cells.last { !rows.cells[$0].isMissing }
    self.cells = cells.lowerBound..<(last.map { $0 + 1 } ?? cells.lowerBound)
  }

  /// The text of the first cell; nil when it is empty or says that there is none.
  func name() throws(RecordingError) -> String? {
    guard let first = cells.first else { return nil }
    let text = try rows.text(first)
    return text.isEmpty || text == "N/A" ? nil : text
  }

  /// The scanner's time in the first cell.
  func time() throws(RecordingError) -> Timestamp? {
    guard let first = cells.first, try name() != nil else { return nil }
    return try DeviceClock.time(rows, first)
  }

  /// The whole number in the first cell.
  func wholeNumber() throws(RecordingError) -> Int? {
    guard let first = cells.first, try name() != nil else { return nil }
    return try rows.wholeNumber(first)
  }

  /// A sensor's value, nil when there is none.
  func reading() throws(RecordingError) -> Double? {
    guard let first = cells.first, try name() != nil else { return nil }
    var rows = rows
    if cells.count == 2, rows.canJoinDecimalComma(at: first) { rows.joinDecimalComma(at: first) }
    guard let value = try rows.number(first), value.isFinite else { return nil }
    return value
  }

  /// The numbers of all cells, empty ones left out; whole ones, so that commas separate.
  func numbers() throws(RecordingError) -> [Double] {
    var numbers: [Double] = []
    for index in cells {
      guard let number = try rows.number(index) else { continue }
      guard number.isFinite else { throw rows.malformed(index, expected: "a number") }
      numbers.append(number)
    }
    return numbers
  }

  /// The whole numbers of all cells, empty ones left out.
  func wholeNumbers<Number: FixedWidthInteger>(
    _ type: Number.Type
  ) throws(RecordingError) -> [Number] {
    var numbers: [Number] = []
    for index in cells {
      if let number = try rows.wholeNumber(index, type) { numbers.append(number) }
    }
    return numbers
  }

  /// Numbers that have decimals: when every two cells can be one number, they are.
  func decimalNumbers() throws(RecordingError) -> [Double] {
    var joined = rows
    let isPaired = cells.count.isMultiple(of: 2)
    guard isPaired,
      stride(from: cells.lowerBound, to: cells.upperBound, by: 2).allSatisfy({
        rows.canJoinDecimalComma(at: $0)
      })
    else { return try numbers() }
    for index in cells.lowerBound..<cells.lowerBound + cells.count / 2 {
      joined.joinDecimalComma(at: index)
    }
    let end = cells.lowerBound + cells.count / 2
    return try HeaderValues(rows: joined, cells: cells.lowerBound..<end).numbers()
  }

  /// Three coefficients; nil when there are none at all.
  func threeNumbers() throws(RecordingError) -> [Double]? {
    if cells.isEmpty { return nil }
    let numbers = cells.count == 6 ? try decimalNumbers() : try numbers()
    guard numbers.count == 3 else {
      throw .malformed(rows.place(), found: "\(numbers.count) numbers", expected: "three numbers")
    }
    return numbers
  }

  /// The error that the first value is not what it should be.
  func malformed(expected: String) -> RecordingError {
    guard let first = cells.first else {
      return .malformed(rows.place(), found: "nothing", expected: expected)
    }
    return rows.malformed(first, expected: expected)
  }
}
