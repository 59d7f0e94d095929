/// Reads JCAMP-DX 4.24 and 5: every block is a scan.
///
/// Spectra on an even axis (`##XYDATA=`, plain or compressed) and spectra of points (`##XYPOINTS=`)
/// are read, in nanometres, micrometres or 1/cm, of absorbance, reflectance or transmittance. Peak
/// tables and NTUPLES are refused by name. Dates without a time zone are passed over.
enum JCAMPReader {
  /// Whether a file begins as one of this format: with a record or a comment.
  static func begins(_ source: RecordingSource) -> Bool {
    let content = source.bytes[source.contentStart...].drop { $0 <= UInt8(ascii: " ") }
    return content.starts(with: "##".utf8) || content.starts(with: "$$".utf8)
  }

  /// Reads a whole file.
  static func read(_ source: RecordingSource) throws(RecordingError) -> Recording {
    let records = try JCAMPRecord.all(source)
    if ScannerProgramJCAMP.isOne(records) { return try ScannerProgramJCAMP.read(source, records) }
    let blocks = try JCAMPBlock.all(records, source)
    var recording: Recording?
    for block in blocks {
      var spectrum = try JCAMPSpectrum(block, source)
      try spectrum.sortByWavelength(block, source)
      let scan = try scan(block, spectrum, isAlone: blocks.count == 1, source)
      if let wavelengths = recording?.wavelengthsNanometres {
        guard wavelengths == spectrum.wavelengths else {
          throw source.malformed(
            block.records[0],
            found: "a block of \(spectrum.wavelengths.count) other points",
            expected: "the wavelengths of the first block: one recording has one set of them"
          )
        }
        recording?.scanner.keepOnly(whatAgreesWith: scanner(block))
        recording?.scans.append(scan)
      } else {
        recording = Recording(
          wavelengthsNanometres: spectrum.wavelengths,
          scanner: scanner(block),
          scans: [scan]
        )
      }
      source.observe(.progress(file: source.file, scans: recording?.scans.count ?? 0))
    }
    guard let recording else { throw .empty(file: source.file) }
    return recording
  }

  private static func scanner(_ block: JCAMPBlock) -> ScannerDescription {
    var scanner = ScannerDescription()
    func text(_ label: String) -> String? {
      block.record(label).flatMap { $0.value.isEmpty ? nil : $0.value }
    }
    scanner.model = text("SPECTROMETERDATASYSTEM")
    scanner.serialNumber = text(JCAMPLabel.serialNumber)
    return scanner
  }

  private static func scan(
    _ block: JCAMPBlock,
    _ spectrum: JCAMPSpectrum,
    isAlone: Bool,
    _ source: RecordingSource
  ) throws(RecordingError) -> Scan {
    var scan = Scan()
    scan.absorbance = spectrum.absorbance
    scan.sample = try sampleName(block, isAlone: isAlone, source)
    scan.time = block.record("LONGDATE").flatMap { JCAMPDate.time($0.value) }
    scan.temperatureCelsius = try source.number(block.record(JCAMPLabel.temperature))
    scan.relativeHumidityPercent = try source.number(block.record(JCAMPLabel.humidity))
    for record in block.records(labelled: JCAMPLabel.label) {
      let parts = record.value.split(
        separator: "=",
        maxSplits: 1,
        omittingEmptySubsequences: false
      )
      guard parts.count == 2 else {
        throw source.malformed(
          record,
          found: Excerpt.text(record.value),
          expected: "a label such as target=class"
        )
      }
      scan.labels[String(parts[0])] = String(parts[1])
    }
    return scan
  }

  private static func sampleName(
    _ block: JCAMPBlock,
    isAlone: Bool,
    _ source: RecordingSource
  ) throws(RecordingError) -> String? {
    if let pattern = source.options.sampleFrom {
      return try source.sampleName(pattern, line: block.line)
    }
    guard !block.title.isEmpty else {
      return isAlone ? try source.sampleName(.folderAndName, line: block.line) : nil
    }
    let place = RecordingPlace(file: source.file, line: block.line)
    try source.check(sampleName: block.title, at: place)
    return block.title
  }
}

/// The labels of our own (`$…`), as labels are compared.
enum JCAMPLabel {
  static let serialNumber = "$SERIALNUMBER"
  static let temperature = "$SYSTEMTEMPERATURE"
  static let humidity = "$RELATIVEHUMIDITY"
  static let label = "$LABEL"
}

extension RecordingSource {
  /// The number that is the whole value of a record; nil without a record.
  func number(_ record: JCAMPRecord?) throws(RecordingError) -> Double? {
    guard let record else { return nil }
    let bytes = Array(record.value.utf8)
    var numbers = JCAMPNumbers(bytes, bytes.indices)
    guard let value = numbers.readPlain(), numbers.position == bytes.count else {
      throw malformed(record, found: Excerpt.text(record.value), expected: "a number")
    }
    return value
  }
}
