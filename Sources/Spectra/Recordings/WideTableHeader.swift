/// What the columns of a wide CSV hold, from the file's first row.
struct WideTableHeader {
  /// The classes by which a column is known to hold labels.
  static let guessedClasses: Set<String> = ["low", "ok", "high"]
  /// The columns that are written for every scan beside the spectrum.
  static let (sampleName, temperatureName, humidityName) = (
    "donation_id", "temperature", "humidity"
  )

  /// The headers of all columns.
  private(set) var names: [String] = []
  /// The columns of the spectrum, by rising wavelength.
  private(set) var spectrumColumns: [Int] = []
  /// The wavelength of each column of the spectrum.
  private(set) var wavelengthsNanometres: [Double] = []
  /// The columns that the operator says hold labels.
  private(set) var labelColumns: [(column: Int, label: LabelColumn)] = []
  /// The columns of which nothing is known but their name.
  private(set) var unknownColumns: [Int: String] = [:]
  private(set) var sampleColumn: Int?
  private(set) var temperatureColumn: Int?
  private(set) var humidityColumn: Int?

  /// Whether a column of this name could not be told from one that has another meaning.
  static func isTaken(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    return name.isEmpty || [sampleName, temperatureName, humidityName].contains(name)
      || absorbanceIndex(name) != nil
      || DecimalNumber.value(bytes, in: bytes.indices) != nil
      || DecimalNumber.value(bytes, in: bytes.indices, mark: UInt8(ascii: ",")) != nil
  }

  /// Reads the current row.
  init(_ rows: CSVRows, _ source: RecordingSource) throws(RecordingError) {
    var numbered: [(index: Int, column: Int)] = []
    for column in rows.cells.indices {
      let name = try rows.text(column)
      names.append(name)
      if let nanometres = try? rows.number(column) {
        wavelengthsNanometres.append(nanometres)
        spectrumColumns.append(column)
      } else if let index = WideTableHeader.absorbanceIndex(name) {
        numbered.append((index, column))
      } else {
        try note(name, at: column, rows, source)
      }
    }
    guard !spectrumColumns.isEmpty || !numbered.isEmpty else {
      throw .unknownFormat(
        file: source.file,
        found: names[0].isEmpty ? "an empty first cell" : Excerpt.text(names[0]),
        expected: "a native recording, a CSV of TI's program, or a CSV with columns absorbance0, … "
          + "or wavelengths"
      )
    }
    guard spectrumColumns.isEmpty || numbered.isEmpty else {
      throw rows.malformed(
        numbered[0].column,
        expected: "only wavelengths, as in the columns before"
      )
    }
    if spectrumColumns.isEmpty {
      try useAxis(for: numbered.sorted { $0.index < $1.index }, rows, source)
    }
    let columns = spectrumColumns
    try source.check(wavelengths: wavelengthsNanometres) { rows.place(columns[$0]) }
    try checkLabels(rows, source)
  }

  private mutating func note(
    _ name: String,
    at column: Int,
    _ rows: CSVRows,
    _ source: RecordingSource
  ) throws(RecordingError) {
    guard !name.isEmpty else { return }
    guard !names.dropLast().contains(name) else {
      throw rows.malformed(column, expected: "a header that no other column has")
    }
    switch name {
    case WideTableHeader.sampleName: sampleColumn = column
    case WideTableHeader.temperatureName: temperatureColumn = column
    case WideTableHeader.humidityName: humidityColumn = column
    default:
      if let label = source.options.labels.first(where: { $0.name == name }) {
        labelColumns.append((column, label))
      } else {
        unknownColumns[column] = name
      }
    }
  }

  /// Gives the columns `absorbance0` to `absorbanceN` the wavelengths of the operator's axis.
  private mutating func useAxis(
    for numbered: [(index: Int, column: Int)],
    _ rows: CSVRows,
    _ source: RecordingSource
  ) throws(RecordingError) {
    for (expected, (index, column)) in numbered.enumerated() where index != expected {
      throw rows.malformed(column, expected: "absorbance\(expected), every number once")
    }
    guard let ends = source.options.axisNanometres else {
      throw .wavelengthsUnknown(rows.place(), columns: numbered.count)
    }
    guard
      let axis = WavelengthAxis(
        startNanometres: ends.lowerBound,
        endNanometres: ends.upperBound,
        points: numbered.count
      )
    else {
      throw .malformed(
        rows.place(),
        found: "\(numbered.count) absorbance columns for an axis from \(ends.lowerBound) to "
          + "\(ends.upperBound) nm",
        expected: "2 to \(Limits.wavelengths) columns and a rising axis"
      )
    }
    spectrumColumns = numbered.map(\.column)
    wavelengthsNanometres = axis.nanometres
  }

  private func checkLabels(_ rows: CSVRows, _ source: RecordingSource) throws(RecordingError) {
    for label in source.options.labels where !labelColumns.contains(where: { $0.label == label }) {
      throw .malformed(
        rows.place(),
        found: "no column \(Excerpt.text(label.name))",
        expected: "the label column that was named"
      )
    }
  }

  private static func absorbanceIndex(_ name: String) -> Int? {
    guard name.hasPrefix("absorbance") else { return nil }
    let digits = name.dropFirst("absorbance".count)
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    return Int(digits)
  }
}
