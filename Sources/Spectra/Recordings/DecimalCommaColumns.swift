/// Puts numbers together that a program tore apart by decimal commas between commas.
///
/// InnoSpectra's program does so where Windows is set to German: `901,5;0,17;108;73` reads
/// `901,5,0,17,108,73`. A row of too many cells can usually be read in one way only, because counts
/// are whole; where it cannot, the absorbance that follows from the counts tells.
struct DecimalCommaColumns {
  /// How far a printed absorbance may be from the one that follows from the signals.
  private static let absorbanceTolerance = 1e-3

  private let count: Int
  private let absorbance: Int?
  private let reference: Int?
  private let sample: Int?

  /// For a table of `count` columns, the first of which is the wavelength.
  init(count: Int, absorbance: Int?, reference: Int?, sample: Int?) {
    (self.count, self.absorbance) = (count, absorbance)
    (self.reference, self.sample) = (reference, sample)
  }

  /// Joins cells of the current row until there is one per column.
  ///
  /// A row that needs no joining, or that none helps, stays as it is. Throws when the row can be
  /// read in several ways.
  func join(_ rows: inout CSVRows) throws(RecordingError) {
    let cellCount = (rows.cells.lastIndex { !$0.isMissing } ?? 0) + 1
    let decimals = [0] + (absorbance.map { [$0] } ?? [])
    let surplus = cellCount - count
    guard surplus > 0, surplus <= decimals.count else { return }
    let choices = surplus == decimals.count ? [decimals] : decimals.map { [$0] }
    var candidates = choices.compactMap { joined(rows, at: $0) }
    if candidates.count > 1 {
      let consistent = candidates.filter(isConsistent)
      if !consistent.isEmpty { candidates = consistent }
    }
    guard candidates.count <= 1 else {
      throw .malformed(
        rows.place(),
        found:
          "\(cellCount) cells that can be read in several ways, as commas are decimal marks too",
        expected: "\(count), or a file that was saved with decimal points"
      )
    }
    if let candidate = candidates.first { rows = candidate }
  }

  /// The row with a decimal comma in each of `columns`, or nil when there cannot be one.
  private func joined(_ rows: CSVRows, at columns: [Int]) -> CSVRows? {
    var rows = rows
    for column in columns.sorted() {
      guard rows.canJoinDecimalComma(at: column) else { return nil }
      rows.joinDecimalComma(at: column)
    }
    return rows
  }

  private func isConsistent(_ rows: CSVRows) -> Bool {
    guard let absorbance, let reference, let sample else { return false }
    guard let found = try? rows.number(absorbance),
      let referenceSignal = try? rows.wholeNumber(reference, Int32.self),
      let sampleSignal = try? rows.wholeNumber(sample, Int32.self)
    else { return false }
    let expected = Absorbance.value(sampleSignal: sampleSignal, referenceSignal: referenceSignal)
    return abs(found - expected) < DecimalCommaColumns.absorbanceTolerance
  }
}
