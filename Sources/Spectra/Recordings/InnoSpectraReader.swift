/// Reads the CSV that InnoSpectra's programs save: one scan per file, under a header of blocks.
///
/// Two blocks stand side by side. Where which line stands, and in which column the right block
/// begins, differs between versions, languages and the number of sections, so everything is known
/// by the text of its key and by the title of its block. The spectrum follows the line with the
/// columns' titles; blocks behind it are passed over.
struct InnoSpectraReader {
  private let source: RecordingSource
  private var rows: CSVRows
  private var scanner = ScannerDescription()
  private var scan = Scan()
  private var pointCount: Int?
  private var leftBlock = InnoSpectraBlock.other
  private var rightBlock = InnoSpectraBlock.other

  /// The width of one DMD column in nanometres, by which the program multiplies.
  private static let nanometresPerPixel = 1.1717
  private static let headerLineMaximum = 256

  /// Whether a file whose first cell is `cell` is of this format.
  static func begins(with cell: String) -> Bool { cell.hasPrefix("***") }

  /// Reads a whole file.
  static func read(_ source: RecordingSource) throws(RecordingError) -> Recording {
    var reader = InnoSpectraReader(source: source, rows: CSVRows(source))
    try reader.readHeader()
    var table = try SpectrumTable(titles: reader.rows, mayHoldDecimalCommas: true)
    try table.readRows(&reader.rows)
    return try table.recording(
      of: reader.scan,
      reader.scanner,
      pointCount: reader.pointCount,
      reader.rows,
      source
    )
  }

  private init(source: RecordingSource, rows: CSVRows) {
    (self.source, self.rows) = (source, rows)
  }

  /// Reads up to the titles of the columns.
  private mutating func readHeader() throws(RecordingError) {
    for _ in 0..<InnoSpectraReader.headerLineMaximum {
      guard try rows.next() else { break }
      guard try !rows.text(0).lowercased().hasPrefix("wavelength (nm)") else {
        return try checkIsOneScan()
      }
      try readLine()
    }
    throw .malformed(
      rows.place(),
      found: "no line with the columns' titles",
      expected: "'Wavelength (nm)' in the first cell of a line"
    )
  }

  /// The program can also add scan after scan to one file, a scan per line.
  private func checkIsOneScan() throws(RecordingError) {
    guard rows.cells.count > 1, let value = try? rows.number(1), value.isFinite else { return }
    throw rows.malformed(1, expected: "titles of columns: files of several scans are not read")
  }

  /// Reads a line of keys, each with its values behind it.
  private mutating func readLine() throws(RecordingError) {
    var index = 0
    while index < rows.cells.count {
      let text = try rows.text(index)
      if let block = InnoSpectraBlock(title: text) {
        if index == 0 { leftBlock = block } else { rightBlock = block }
      }
      guard let key = InnoSpectraKey(text) else {
        index += 1
        continue
      }
      let end = try valuesEnd(after: index)
      let values = HeaderValues(rows: rows, cells: index + 1..<end)
      let block = index == 0 ? leftBlock : rightBlock
      switch block {
      case .reference: if key == .configurationName { try readReferenceKind(values) }
      case .other: try read(key, values)
      }
      index = max(end, index + 1)
    }
  }

  /// Where the values of the key at `index` end: at the next key, but a name may look like one.
  private func valuesEnd(after index: Int) throws(RecordingError) -> Int {
    var end = min(index + 2, rows.cells.count)
    while end < rows.cells.count, InnoSpectraKey(try rows.text(end)) == nil { end += 1 }
    return end
  }

  private mutating func read(
    _ key: InnoSpectraKey,
    _ values: HeaderValues
  ) throws(RecordingError) {
    switch key {
    case .configurationName: scanner.configurationName = try values.name()
    case .start: scanner.startNanometres = try values.numbers().first
    case .end: scanner.endNanometres = try values.numbers().last
    case .patternWidth: scanner.patternWidthPixels = try patternWidth(values)
    case .pointCount:
      let counts = try values.wholeNumbers(UInt16.self)
      pointCount = counts.isEmpty ? nil : counts.reduce(0) { $0 + Int($1) }
    case .repeats: scan.repeats = try values.wholeNumber()
    case .gain: scan.gain = try values.wholeNumber()
    case .systemTemperature: scan.temperatureCelsius = try values.reading()
    case .detectorTemperature: scan.detectorTemperatureCelsius = try values.reading()
    case .humidity: scan.relativeHumidityPercent = try values.reading()
    case .lamp: if scan.lampPhotodiode == nil { scan.lampPhotodiode = try values.wholeNumber() }
    case .dateTime: scan.deviceTime = try values.time()
    case .model: scanner.model = try values.name()
    case .serialNumber: scanner.serialNumber = try values.name()
    case .firmware: scanner.firmware = try values.name()
    case .shiftVector: scanner.shiftVectorCoefficients = try values.threeNumbers()
    case .pixelToWavelength: scanner.pixelToWavelengthCoefficients = try values.threeNumbers()
    case .sections, .other: break
    }
  }

  /// The width that all sections have in common, nil when they differ.
  private func patternWidth(_ values: HeaderValues) throws(RecordingError) -> Int? {
    var widths: Set<Int> = []
    for nanometres in try values.decimalNumbers() {
      let pixels = (nanometres / InnoSpectraReader.nanometresPerPixel).rounded()
      guard let count = Int(exactly: pixels) else {
        throw values.malformed(expected: "the width of a pattern")
      }
      widths.insert(count)
    }
    return widths.count == 1 ? widths.first : nil
  }

  private mutating func readReferenceKind(_ values: HeaderValues) throws(RecordingError) {
    guard let name = try values.name()?.lowercased() else { return }
    if name.contains("factory") {
      scan.referenceKind = .factory
    } else if name.contains("user") || name.contains("local") {
      scan.referenceKind = .user
    }
  }
}
