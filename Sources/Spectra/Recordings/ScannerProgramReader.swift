/// Reads the CSV that TI's program for the NIRscan Nano saves: one scan per file.
///
/// Both styles of header are understood, the one in hundredths (2020) and the one in units (2.1).
/// So is InnoSpectra's older one, which names the model and the firmware at the ends of its lines,
/// and the JCAMP-DX of the same program, which is this header behind `##` (see `JCAMPReader`).
/// Lines are told apart by their first cell, never by their number, because that differs between
/// versions of the program.
struct ScannerProgramReader {
  private let source: RecordingSource
  private var rows: CSVRows
  private var scanner = ScannerDescription()
  private var scan = Scan()
  private var gains: Set<Int> = []
  private var repeats: Set<Int> = []
  private var announcedPointCount: Int?

  /// The width of one DMD column in nanometres, by which the newer header multiplies.
  private static let nanometresPerPixel = 1.1717
  private static let headerLineMaximum = 256

  /// Whether a file whose first cell is `cell` is of this format.
  static func begins(with cell: String) -> Bool {
    let key = key(cell)
    return isTitle(key) || HeaderKey(key) != nil
  }

  /// Reads a whole file.
  static func read(_ source: RecordingSource) throws(RecordingError) -> Recording {
    var reader = ScannerProgramReader(source: source, rows: CSVRows(source))
    try reader.readHeader()
    var table = try SpectrumTable(titles: reader.rows)
    try table.readRows(&reader.rows)
    reader.scan.gain = reader.gains.count == 1 ? reader.gains.first : nil
    reader.scan.repeats = reader.repeats.count == 1 ? reader.repeats.first : nil
    return try table.recording(
      of: reader.scan,
      reader.scanner,
      pointCount: reader.announcedPointCount,
      reader.rows,
      source
    )
  }

  private init(source: RecordingSource, rows: CSVRows) {
    (self.source, self.rows) = (source, rows)
  }

  /// Reads up to the titles of the columns.
  private mutating func readHeader() throws(RecordingError) {
    for _ in 0..<ScannerProgramReader.headerLineMaximum {
      guard try rows.next() else { break }
      let key = ScannerProgramReader.key(try rows.text(0))
      if ScannerProgramReader.isTitle(key) { return }
      try readNamesAtLineEnd()
      guard let headerKey = HeaderKey(key), rows.cells.count > 1 else { continue }
      try readValue(headerKey, key: key)
    }
    throw .malformed(
      rows.place(),
      found: "no line with the columns' titles",
      expected: "'Wavelength (nm)' in the first cell of a line"
    )
  }

  private mutating func readValue(_ headerKey: HeaderKey, key: String) throws(RecordingError) {
    let isHundredths = key.contains("hundredths")
    switch headerKey {
    case .systemTemperature: scan.temperatureCelsius = try reading(isHundredths)
    case .detectorTemperature: scan.detectorTemperatureCelsius = try reading(isHundredths)
    case .humidity: scan.relativeHumidityPercent = try reading(isHundredths)
    case .lampPhotodiode: scan.lampPhotodiode = try rows.wholeNumber(1)
    case .gain: if let gain = try rows.wholeNumber(1, Int.self) { gains.insert(gain) }
    case .repeats: if let count = try rows.wholeNumber(1, Int.self) { repeats.insert(count) }
    case .dateTime: scan.deviceTime = try DeviceClock.time(rows, 1)
    case .serialNumber: scanner.serialNumber = try name()
    case .model: scanner.model = try name()
    case .configurationName: scanner.configurationName = try name()
    case .shiftVector: scanner.shiftVectorCoefficients = try coefficients()
    case .pixelToWavelength: scanner.pixelToWavelengthCoefficients = try coefficients()
    // Of several sections the first has the start and the last the end.
    case .start: if scanner.startNanometres == nil { scanner.startNanometres = try rows.number(1) }
    case .end: scanner.endNanometres = try rows.number(1)
    case .patternWidth:
      scanner.patternWidthPixels = try patternWidth(isNanometres: key.contains("nm"))
    case .method: break
    case .pointCount:
      guard let count = try rows.wholeNumber(1, UInt16.self) else { return }
      announcedPointCount = (announcedPointCount ?? 0) + Int(count)
    }
  }

  /// Reads `Model Name,NIR-M-R2` or `Tiva Version,2.1.0.67` behind the values of another key.
  private mutating func readNamesAtLineEnd() throws(RecordingError) {
    for index in rows.cells.indices.dropFirst(2).dropLast() {
      switch ScannerProgramReader.key(try rows.text(index)) {
      case "model name": scanner.model = try rows.text(index + 1)
      case "tiva version": scanner.firmware = try rows.text(index + 1)
      default: break
      }
    }
  }

  private func name() throws(RecordingError) -> String? {
    let name = try rows.text(1)
    return name.isEmpty ? nil : name
  }

  /// A sensor's value; nil when the cell is empty or says that there is none.
  private func reading(_ isHundredths: Bool) throws(RecordingError) -> Double? {
    guard let value = try rows.number(1), value.isFinite else { return nil }
    return isHundredths ? value / 100 : value
  }

  private func patternWidth(isNanometres: Bool) throws(RecordingError) -> Int? {
    guard let width = try rows.number(1) else { return nil }
    let pixels = isNanometres ? width / ScannerProgramReader.nanometresPerPixel : width
    guard let count = Int(exactly: pixels.rounded()) else {
      throw rows.malformed(1, expected: "the width of a pattern")
    }
    return count
  }

  private func coefficients() throws(RecordingError) -> [Double] {
    var values: [Double] = []
    for index in rows.cells.indices.dropFirst() where !rows.cells[index].isMissing {
      guard let value = try rows.number(index), value.isFinite, values.count < 3 else {
        throw rows.malformed(index, expected: "three numbers")
      }
      values.append(value)
    }
    guard values.count == 3 else {
      throw .malformed(rows.place(), found: "\(values.count) numbers", expected: "three numbers")
    }
    return values
  }

  private static func key(_ cell: String) -> String {
    let key = cell.lowercased()
    return key.hasSuffix(":") ? String(key.dropLast()) : key
  }

  private static func isTitle(_ key: String) -> Bool { key.hasPrefix("wavelength (nm)") }
}

/// What a line of the header is about.
private enum HeaderKey {
  case systemTemperature, detectorTemperature, humidity, lampPhotodiode, gain, repeats, dateTime
  case serialNumber, model, method, configurationName, shiftVector, pixelToWavelength
  case start, end, patternWidth, pointCount

  private static let prefixes: [(String, HeaderKey)] = [
    ("method", .method), ("host date-time", .dateTime),
    ("system temp", .systemTemperature), ("detector temp", .detectorTemperature),
    ("humidity", .humidity), ("lamp pd", .lampPhotodiode),
    ("shift vector coefficients", .shiftVector),
    ("pixel to wavelength coefficients", .pixelToWavelength),
    ("serial number", .serialNumber), ("model name", .model),
    ("scan config name", .configurationName),
    ("start wavelength", .start), ("end wavelength", .end),
    ("pattern pixel width", .patternWidth),
    ("number of measurement points", .pointCount), ("digital resolution", .pointCount),
    ("num repeats", .repeats), ("pga gain", .gain),
  ]

  /// The meaning of a line's first cell in lower case, or nil when it is not needed.
  init?(_ key: String) {
    guard let match = HeaderKey.prefixes.first(where: { key.hasPrefix($0.0) }) else { return nil }
    self = match.1
  }
}
