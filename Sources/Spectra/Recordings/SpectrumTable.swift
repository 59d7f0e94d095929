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
  private let decimalCommas: DecimalCommaColumns?

  /// Finds the columns by the titles in the current row.
  ///
  /// `mayHoldDecimalCommas` when commas may be decimal marks although they separate cells too.
  init(titles rows: CSVRows, mayHoldDecimalCommas: Bool = false) throws(RecordingError) {
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
    decimalCommas =
      mayHoldDecimalCommas
      ? DecimalCommaColumns(
        count: columnCount,
        absorbance: absorbanceColumn,
        reference: referenceColumn,
        sample: sampleColumn
      ) : nil
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
      try decimalCommas?.join(&rows)
      try readRow(rows)
    }
  }

  /// The one scan that the table holds, with what the header said about it.
  ///
  /// `pointCount` is how many points the header announced.
  func recording(
    of scan: Scan,
    _ scanner: ScannerDescription,
    pointCount: Int?,
    _ rows: CSVRows,
    _ source: RecordingSource
  ) throws(RecordingError) -> Recording {
    if let pointCount, pointCount != wavelengths.count {
      throw .pointCount(rows.place(), found: wavelengths.count, expected: pointCount)
    }
    try source.check(wavelengths: wavelengths) { point in
      guard lines.indices.contains(point) else { return rows.place() }
      return RecordingPlace(file: source.file, line: lines[point])
    }
    var scan = scan
    scan.sample = try source.sampleName(source.options.sampleFrom ?? .folderAndName)
    scan.sampleSignal = sampleSignal
    scan.referenceSignal = referenceSignal
    // Both signals say the same with more digits.
    let hasSignals = sampleSignal != nil && referenceSignal != nil
    scan.absorbance = hasSignals ? nil : absorbance
    return Recording(wavelengthsNanometres: wavelengths, scanner: scanner, scans: [scan])
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
    if let referenceColumn {
      referenceSignal?.append(try SpectrumTable.count(rows, referenceColumn))
    }
    if let sampleColumn { sampleSignal?.append(try SpectrumTable.count(rows, sampleColumn)) }
  }

  private static func count(_ rows: CSVRows, _ column: Int) throws(RecordingError) -> Int32 {
    guard let count = try rows.wholeNumber(column, Int32.self) else {
      throw rows.malformed(column, expected: "a signal in counts")
    }
    return count
  }
}
