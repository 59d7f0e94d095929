/// Writes the wide CSV: one scan per row, one column per wavelength headed by its nanometres.
///
/// Columns: `donation_id` if any scan has a sample, the wavelengths, `temperature`, `humidity`,
/// then the labels by name. What is missing is an empty cell. The other things that a scan may hold
/// have no column.
struct WideTableWriter {
  private let recording: Recording
  private let file: String
  private let hasSamples: Bool
  private let targets: [String]

  /// Prepares to write; throws when a label's name would be taken for another column.
  init(_ recording: Recording, file: String) throws(RecordingError) {
    (self.recording, self.file) = (recording, file)
    hasSamples = recording.scans.contains { $0.sample != nil }
    targets = Set(recording.scans.flatMap(\.labels.keys)).sorted()
    for target in targets where WideTableHeader.isTaken(target) {
      throw .malformed(
        RecordingPlace(file: file),
        found: "a label of the name \(Excerpt.text(target))",
        expected: "a name that no other column has"
      )
    }
  }

  /// The first row.
  func headerRow() -> [UInt8] {
    var row = Row()
    if hasSamples { row.add(WideTableHeader.sampleName) }
    for wavelength in recording.wavelengthsNanometres { row.add(wavelength) }
    row.add(WideTableHeader.temperatureName)
    row.add(WideTableHeader.humidityName)
    for target in targets { row.add(target) }
    return row.finish()
  }

  /// The row of one scan; throws when it has no absorbance.
  func row(of index: Int) throws(RecordingError) -> [UInt8] {
    let scan = recording.scans[index]
    let absorbance = scan.absorbanceValues
    guard absorbance.count == recording.wavelengthsNanometres.count else {
      throw .malformed(
        RecordingPlace(file: file),
        found: "scan \(index + 1) without a reference signal",
        expected: "absorbance, which is what the columns hold"
      )
    }
    var row = Row()
    if hasSamples { row.add(scan.sample) }
    for value in absorbance { row.add(value) }
    row.add(scan.temperatureCelsius)
    row.add(scan.relativeHumidityPercent)
    for target in targets { row.add(scan.labels[target]) }
    return row.finish()
  }

  private struct Row {
    private var bytes: [UInt8] = []
    private var needsComma = false

    mutating func add(_ value: Double?) {
      addComma()
      guard let value, value.isFinite else { return }
      let text = value.description
      bytes.append(contentsOf: (text.hasSuffix(".0") ? String(text.dropLast(2)) : text).utf8)
    }

    mutating func add(_ text: String?) {
      addComma()
      guard let text else { return }
      guard Row.needsQuotes(text) else { return bytes.append(contentsOf: text.utf8) }
      bytes.append(UInt8(ascii: "\""))
      for byte in text.utf8 {
        if byte == UInt8(ascii: "\"") { bytes.append(byte) }
        bytes.append(byte)
      }
      bytes.append(UInt8(ascii: "\""))
    }

    consuming func finish() -> [UInt8] {
      bytes.append(UInt8(ascii: "\n"))
      return bytes
    }

    private mutating func addComma() {
      if needsComma { bytes.append(UInt8(ascii: ",")) }
      needsComma = true
    }

    /// An empty text is quoted so that it is not taken for a missing one.
    private static func needsQuotes(_ text: String) -> Bool {
      let special = Set(",;\" \t\r\n".utf8)
      return text.isEmpty || text.utf8.contains { special.contains($0) }
    }
  }
}
