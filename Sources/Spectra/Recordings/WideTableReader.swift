/// Reads the wide CSV: one scan per row, one column per wavelength.
///
/// The header names the columns: numbers are wavelengths in nanometres, `absorbance0` to
/// `absorbanceN` need an axis from the operator. `donation_id` is the sample. A column that holds
/// only low, ok and high is a label, and so are those that the operator names. Other columns are
/// passed over; one that holds labels in some rows only is reported
/// (`RecordingReadEvent.doubtfulLabels`).
struct WideTableReader {
  private let source: RecordingSource
  private var rows: CSVRows
  private let header: WideTableHeader
  private var recording: Recording
  /// Columns that nobody named, by their place: labels if they hold nothing else.
  private var guesses: [Int: GuessedLabels]

  /// Reads a whole file.
  static func read(_ source: RecordingSource) throws(RecordingError) -> Recording {
    var rows = CSVRows(source)
    guard try rows.next() else { throw .empty(file: source.file) }
    let header = try WideTableHeader(rows, source)
    var reader = WideTableReader(source: source, rows: rows, header: header)
    try reader.readRows()
    return reader.recording
  }

  private init(source: RecordingSource, rows: CSVRows, header: WideTableHeader) {
    (self.source, self.rows, self.header) = (source, rows, header)
    guesses = header.unknownColumns.mapValues { GuessedLabels(name: $0) }
    recording = Recording(
      wavelengthsNanometres: header.wavelengthsNanometres,
      scanner: .init(),
      scans: []
    )
  }

  private mutating func readRows() throws(RecordingError) {
    while try rows.next() {
      guard rows.cells.count == header.names.count else {
        throw .malformed(
          rows.place(),
          found: "\(rows.cells.count) cells",
          expected: "\(header.names.count) as in the header"
        )
      }
      recording.scans.append(try readScan())
      if recording.scans.count % 512 == 0 {
        source.observe(.progress(file: source.file, scans: recording.scans.count))
      }
    }
    if recording.scans.isEmpty { throw .empty(file: source.file) }
    for (_, guess) in guesses.sorted(by: { $0.key < $1.key }) { finish(guess) }
  }

  private mutating func readScan() throws(RecordingError) -> Scan {
    var scan = Scan()
    var absorbance: [Double] = []
    absorbance.reserveCapacity(header.spectrumColumns.count)
    for column in header.spectrumColumns { absorbance.append(try rows.number(column) ?? .nan) }
    scan.absorbance = absorbance
    scan.temperatureCelsius = try reading(header.temperatureColumn)
    scan.relativeHumidityPercent = try reading(header.humidityColumn)
    scan.sample = try sampleName()
    for (column, label) in header.labelColumns where !rows.cells[column].isMissing {
      scan.labels[label.name] = try className(column, label.classes)
    }
    for column in guesses.keys where !rows.cells[column].isMissing {
      let text = try rows.text(column)
      guesses[column]?.note(text, at: rows.place(column), in: &scan)
    }
    return scan
  }

  /// Keeps the labels of a column that holds only such, else takes them back.
  private mutating func finish(_ guess: GuessedLabels) {
    guard let doubt = guess.doubt else { return }
    for index in recording.scans.indices { recording.scans[index].labels[guess.name] = nil }
    if doubt.labelledRows > 0 { source.observe(.doubtfulLabels(doubt)) }
  }

  private func reading(_ column: Int?) throws(RecordingError) -> Double? {
    guard let column, let value = try rows.number(column), value.isFinite else { return nil }
    return value
  }

  private func sampleName() throws(RecordingError) -> String? {
    if let pattern = source.options.sampleFrom {
      var texts: [String: String] = [:]
      for (column, name) in header.names.enumerated() where pattern.uses(name) {
        texts[name] = try rows.text(column)
      }
      let names = header.names.filter { !$0.isEmpty && texts[$0] == nil }
      return try source.sampleName(pattern, line: rows.line, columns: names) { texts[$0] }
    }
    guard let column = header.sampleColumn, !rows.cells[column].isMissing else { return nil }
    let name = try rows.text(column)
    try source.check(sampleName: name, at: rows.place(column))
    return name
  }

  private func className(_ column: Int, _ classes: [String]) throws(RecordingError) -> String {
    let text = try rows.text(column)
    if classes.isEmpty || classes.contains(text) { return text }
    guard let index = Int(text), classes.indices.contains(index) else {
      throw rows.malformed(
        column,
        expected: "0 to \(classes.count - 1) for \(classes.joined(separator: ", "))"
      )
    }
    return classes[index]
  }
}

/// What has been seen in a column that may hold labels.
private struct GuessedLabels {
  let name: String
  private var labelledRows = 0
  private var otherRows = 0
  private var firstOther: (place: RecordingPlace, text: String)?

  init(name: String) { self.name = name }

  /// What speaks against labels; nil when nothing does.
  var doubt: DoubtfulLabels? {
    guard let firstOther else { return nil }
    return DoubtfulLabels(
      place: firstOther.place,
      column: name,
      found: firstOther.text,
      labelledRows: labelledRows,
      otherRows: otherRows
    )
  }

  mutating func note(
    _ text: String,
    at place: @autoclosure () -> RecordingPlace,
    in scan: inout Scan
  ) {
    if WideTableHeader.guessedClasses.contains(text) {
      labelledRows += 1
      scan.labels[name] = text
    } else {
      otherRows += 1
      if firstOther == nil { firstOther = (place(), text) }
    }
  }
}
