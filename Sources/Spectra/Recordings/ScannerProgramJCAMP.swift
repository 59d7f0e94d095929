/// Reads the JCAMP-DX that the scanner's programs save: their CSV header behind `##`, then pairs.
///
/// It calls the pairs a peak table, though they are the whole spectrum. The text is turned into the
/// same program's CSV line by line, so that places in errors stay true.
enum ScannerProgramJCAMP {
  /// Whether the records are those of such a file.
  static func isOne(_ records: [JCAMPRecord]) -> Bool {
    records.contains { $0.label.hasPrefix("METHOD:") }
  }

  /// Reads a whole file.
  static func read(
    _ source: RecordingSource,
    _ records: [JCAMPRecord]
  ) throws(RecordingError) -> Recording {
    let titles = try titles(source, records)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(source.bytes.count + titles.utf8.count)
    let content = source.bytes[source.contentStart...]
    for line in content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if line.starts(with: "##PEAK TABLE".utf8) || line.starts(with: "##XY".utf8) {
        bytes.append(contentsOf: titles.utf8)
      } else if line.starts(with: "##END".utf8) {
        bytes.append(contentsOf: "***".utf8)
      } else if line.starts(with: "##".utf8) {
        // Spaces around a cell mean nothing, and the columns of what follows stay the same.
        bytes.append(contentsOf: "  ".utf8)
        bytes.append(contentsOf: line.dropFirst(2))
      } else {
        bytes.append(contentsOf: line)
      }
      bytes.append(UInt8(ascii: "\n"))
    }
    return try ScannerProgramReader.read(
      RecordingSource(
        file: source.file,
        bytes: bytes,
        folder: source.folder,
        options: source.options,
        observe: source.observe
      )
    )
  }

  /// The titles of the columns that the pairs are.
  private static func titles(
    _ source: RecordingSource,
    _ records: [JCAMPRecord]
  ) throws(RecordingError) -> String {
    guard let units = records.first(where: { $0.label == "YUNITS" }) else {
      throw source.malformed(records[0], found: "no ##YUNITS=", expected: "Absorbance(AU)")
    }
    let name = JCAMPRecord.normalised(units.value)
    if name.hasPrefix("ABSORBANCE") { return "Wavelength (nm),Absorbance (AU)" }
    if name.hasPrefix("INTENSITY") { return "Wavelength (nm),Sample Signal (unitless)" }
    throw source.malformed(
      units,
      found: Excerpt.text(units.value),
      expected: "Absorbance(AU) or Intensity"
    )
  }
}
