/// The rows of one scan's CSV: one per wavelength, under titled columns.
struct SpectrumTable {
  private(set) var wavelengths: [Double] = []
  private(set) var absorbance: [Double]?
  private(set) var referenceSignal: [Int32]?
  private(set) var sampleSignal: [Int32]?
  /// The line of each wavelength.
  private(set) var lines: [Int] = []

  private let columnCount: Int
  private let absorbanceColumn: Int?
  private let referenceColumn: Int?
  private let sampleColumn: Int?

  /// Finds the columns by the titles in the current row.
  init(titles rows: CSVRows) throws(RecordingError) {
    var titles: [String] = []
    for index in rows.cells.indices { titles.append(try rows.text(index).lowercased()) }
    func column(_ prefix: String) -> Int? { titles.firstIndex { $0.hasPrefix(prefix) } }
    absorbanceColumn = column("absorbance")
    referenceColumn = column("reference signal")
    sampleColumn = column("sample signal")
    columnCount = (titles.lastIndex { !$0.isEmpty } ?? 0) + 1
    guard absorbanceColumn != nil || sampleColumn != nil else {
      throw .malformed(
        rows.place(),
        found: "no column of absorbance or sample signal",
        expected: "'Absorbance (AU)' or 'Sample Signal (unitless)'"
      )
    }
    absorbance = absorbanceColumn.map { _ in [] }
    referenceSignal = referenceColumn.map { _ in [] }
    sampleSignal = sampleColumn.map { _ in [] }
  }

  /// Reads the rows up to the file's end or to a block of another kind (`***…`).
  mutating func readRows(_ rows: inout CSVRows) throws(RecordingError) {
    while try rows.next() {
      if rows.cells.allSatisfy(\.isMissing) { continue }
      guard !(try rows.text(0).hasPrefix("***")) else { return }
      guard wavelengths.count < Limits.wavelengths else {
        throw .malformed(
          rows.place(),
          found: "more than \(Limits.wavelengths) wavelengths",
          expected: "1 to \(Limits.wavelengths)"
        )
      }
      try readRow(rows)
    }
  }

  private mutating func readRow(_ rows: CSVRows) throws(RecordingError) {
    let cellCount = (rows.cells.lastIndex { !$0.isMissing } ?? 0) + 1
    guard cellCount == columnCount else {
      throw .malformed(
        rows.place(),
        found: "\(cellCount) cells",
        expected: "\(columnCount), one per title"
      )
    }
    guard let wavelength = try rows.number(0), wavelength.isFinite else {
      throw rows.malformed(0, expected: "a wavelength in nanometres")
    }
    wavelengths.append(wavelength)
    lines.append(rows.line)
    // The program shows ∞ where a signal is not positive: there is no value.
    if let absorbanceColumn { absorbance?.append(try rows.number(absorbanceColumn) ?? .nan) }
    if let referenceColumn { referenceSignal?.append(try SpectrumTable.count(rows, referenceColumn)) }
    if let sampleColumn { sampleSignal?.append(try SpectrumTable.count(rows, sampleColumn)) }
  }

  private static func count(_ rows: CSVRows, _ column: Int) throws(RecordingError) -> Int32 {
    guard let count = try rows.wholeNumber(column, Int32.self) else {
      throw rows.malformed(column, expected: "a signal in counts")
    }
    return count
  }
}
