/// Reads the native format: a header line, then one JSON object per scan.
struct NativeRecordingReader {
  private let source: RecordingSource
  private var recording = Recording(wavelengthsNanometres: [], scanner: .init(), scans: [])
  private var lineNumber = 0
  private var lineStart = 0

  /// Reads a whole file.
  ///
  /// A last line without its newline that is no complete scan is what a crash leaves behind: it is
  /// dropped and reported as `RecordingReadEvent.tornLine`. Any other broken line is an error.
  static func read(_ source: RecordingSource) throws(RecordingError) -> Recording {
    var reader = NativeRecordingReader(source)
    try reader.readLines()
    return reader.recording
  }

  private init(_ source: RecordingSource) {
    self.source = source
    lineStart = source.contentStart
  }

  private mutating func readLines() throws(RecordingError) {
    let bytes = source.bytes
    while lineStart < bytes.count {
      let newline = bytes[lineStart...].firstIndex(of: UInt8(ascii: "\n"))
      let line = lineStart..<(newline ?? bytes.count)
      lineNumber += 1
      do throws(RecordingError) {
        try readLine(line)
      } catch {
        guard newline == nil, lineNumber > 1, error.isNoJSON else { throw error }
        source.observe(.tornLine(file: source.file, line: lineNumber))
      }
      if lineNumber % 512 == 0 {
        source.observe(.progress(file: source.file, scans: recording.scans.count))
      }
      lineStart = line.upperBound + 1
    }
  }

  private mutating func readLine(_ line: Range<Int>) throws(RecordingError) {
    guard line.count <= Limits.lineBytes else {
      throw .malformed(
        place(column: Limits.lineBytes + 1),
        found: "a line of \(line.count) bytes",
        expected: "at most \(Limits.lineBytes)"
      )
    }
    if lineNumber == 1 {
      recording = try parse(line, NativeRecordingReader.readHeader)
      try source.check(wavelengths: recording.wavelengthsNanometres) { _ in place() }
    } else {
      var scan = try parse(line, NativeRecordingReader.readScan)
      try check(scan)
      if let pattern = source.options.sampleFrom {
        scan.sample = try source.sampleName(pattern, line: lineNumber)
      }
      recording.scans.append(scan)
    }
  }

  /// Reads the one value that is the whole line.
  private func parse<Value>(
    _ line: Range<Int>,
    _ read: (inout JSONLineReader) throws(JSONLineReader.Fault) -> Value
  ) throws(RecordingError) -> Value {
    var reader = JSONLineReader(source.bytes, in: line)
    do throws(JSONLineReader.Fault) {
      let value = try read(&reader)
      try reader.finish()
      return value
    } catch {
      let place = place(column: error.offset - lineStart + 1)
      throw .malformed(place, found: error.found, expected: error.expected)
    }
  }

  /// Checks what the line alone cannot: vectors as long as the header says, and enough of them.
  private func check(_ scan: Scan) throws(RecordingError) {
    let expected = recording.wavelengthsNanometres.count
    let counts = [scan.sampleSignal?.count, scan.referenceSignal?.count, scan.absorbance?.count]
    for count in counts.compactMap({ $0 }) where count != expected {
      throw .pointCount(place(), found: count, expected: expected)
    }
    guard scan.sampleSignal != nil || scan.absorbance != nil else {
      throw .malformed(
        place(),
        found: "a scan without a spectrum",
        expected: "sampleSignal and referenceSignal, or absorbance"
      )
    }
    if let sample = scan.sample { try source.check(sampleName: sample, at: place()) }
  }

  private func place(column: Int? = nil) -> RecordingPlace {
    RecordingPlace(file: source.file, line: lineNumber, column: column)
  }
}

extension NativeRecordingReader {
  private static func readHeader(
    _ reader: inout JSONLineReader
  ) throws(JSONLineReader.Fault) -> Recording {
    var isRecording = false
    var isVersionOne = false
    var recording = Recording(wavelengthsNanometres: [], scanner: .init(), scans: [])
    var start = reader
    try reader.readObject { (reader, name) throws(JSONLineReader.Fault) in
      switch name {
      case "type": isRecording = try reader.readText() == "recording"
      case "version": isVersionOne = try reader.readNumber() == 1
      case "wavelengthsNanometres": recording.wavelengthsNanometres = try reader.readNumbers()
      case "scanner": recording.scanner = try NativeRecordingReader.readScanner(&reader)
      default: try reader.skipValue()
      }
    }
    guard isRecording, isVersionOne else {
      throw start.faultAtNextValue(expected: #"{"type":"recording","version":1,…"#)
    }
    return recording
  }

  private static func readScanner(
    _ reader: inout JSONLineReader
  ) throws(JSONLineReader.Fault) -> ScannerDescription {
    var scanner = ScannerDescription()
    try reader.readObject { (reader, name) throws(JSONLineReader.Fault) in
      if reader.readNull() { return }
      switch name {
      case "serialNumber": scanner.serialNumber = try reader.readText()
      case "model": scanner.model = try reader.readText()
      case "firmware": scanner.firmware = try reader.readText()
      case "configurationName": scanner.configurationName = try reader.readText()
      case "patternWidthPixels": scanner.patternWidthPixels = try reader.readWholeNumber()
      case "startNanometres": scanner.startNanometres = try reader.readNumber()
      case "endNanometres": scanner.endNanometres = try reader.readNumber()
      case "shiftVectorCoefficients": scanner.shiftVectorCoefficients = try reader.readNumbers()
      case "pixelToWavelengthCoefficients":
        scanner.pixelToWavelengthCoefficients = try reader.readNumbers()
      default: try reader.skipValue()
      }
    }
    return scanner
  }

  private static func readScan(
    _ reader: inout JSONLineReader
  ) throws(JSONLineReader.Fault) -> Scan {
    var scan = Scan()
    try reader.readObject { (reader, name) throws(JSONLineReader.Fault) in
      if reader.readNull() { return }
      switch name {
      case "time": scan.time = try reader.readTime()
      case "sample": scan.sample = try reader.readText()
      case "labels":
        try reader.readObject { (reader, target) throws(JSONLineReader.Fault) in
          scan.labels[target] = try reader.readText()
        }
      case "sampleSignal": scan.sampleSignal = try reader.readCounts()
      case "referenceSignal": scan.referenceSignal = try reader.readCounts()
      case "reference": scan.referenceKind = ReferenceKind(name: try reader.readText())
      case "absorbance": scan.absorbance = try reader.readNumbers()
      case "temperatureCelsius": scan.temperatureCelsius = try reader.readNumber()
      case "detectorTemperatureCelsius":
        scan.detectorTemperatureCelsius = try reader.readNumber()
      case "relativeHumidityPercent": scan.relativeHumidityPercent = try reader.readNumber()
      case "lampPhotodiode": scan.lampPhotodiode = try reader.readWholeNumber()
      case "gain": scan.gain = try reader.readWholeNumber()
      case "repeats": scan.repeats = try reader.readWholeNumber()
      case "deviceTime": scan.deviceTime = try reader.readTime()
      case "scanIndex": scan.scanIndex = try reader.readWholeNumber()
      default: try reader.skipValue()
      }
    }
    return scan
  }
}

extension RecordingError {
  /// Whether a line is no JSON of the right form; only those errors have a column.
  fileprivate var isNoJSON: Bool {
    guard case .malformed(let place, _, _) = self else { return false }
    return place.column != nil
  }
}

extension JSONLineReader {
  /// Reads a point of time.
  fileprivate mutating func readTime() throws(Fault) -> Timestamp {
    let start = self
    guard let time = Timestamp(try readText()) else {
      var reader = start
      throw reader.faultAtNextValue(expected: "a UTC time such as 2026-11-21T09:00:00.123456Z")
    }
    return time
  }

  /// Reads numbers, NaN where one is null.
  fileprivate mutating func readNumbers() throws(Fault) -> [Double] {
    var numbers: [Double] = []
    try readArray { (reader) throws(Fault) in
      numbers.append(reader.readNull() ? .nan : try reader.readNumber())
    }
    return numbers
  }

  /// Reads whole numbers.
  fileprivate mutating func readCounts() throws(Fault) -> [Int32] {
    var counts: [Int32] = []
    try readArray { (reader) throws(Fault) in counts.append(try reader.readWholeNumber()) }
    return counts
  }
}
