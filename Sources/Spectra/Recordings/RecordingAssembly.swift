/// Puts the scans of several files together into one recording.
struct RecordingAssembly {
  private(set) var recording: Recording?
  private var firstFile = ""

  /// How many scans there are so far.
  var scanCount: Int { recording?.scans.count ?? 0 }

  /// Appends the scans of `other`; throws when its wavelengths are not those of the first file.
  mutating func add(_ other: Recording, file: String) throws(RecordingError) {
    guard recording != nil else {
      recording = other
      firstFile = file
      return
    }
    try checkWavelengths(other.wavelengthsNanometres, file: file)
    recording?.scanner.keepOnly(whatAgreesWith: other.scanner)
    recording?.scans.append(contentsOf: other.scans)
  }

  private func checkWavelengths(_ found: [Double], file: String) throws(RecordingError) {
    let expected = recording?.wavelengthsNanometres ?? []
    guard found != expected else { return }
    let point =
      zip(found, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
      ?? min(found.count, expected.count)
    throw .wavelengthsDiffer(
      file: file,
      otherFile: firstFile,
      point: point + 1,
      found: point < found.count ? found[point] : nil,
      expected: point < expected.count ? expected[point] : nil
    )
  }
}

extension ScannerDescription {
  /// Forgets everything that `other` does not say too.
  mutating func keepOnly(whatAgreesWith other: ScannerDescription) {
    keep(\.serialNumber, ifEqualIn: other)
    keep(\.model, ifEqualIn: other)
    keep(\.firmware, ifEqualIn: other)
    keep(\.configurationName, ifEqualIn: other)
    keep(\.patternWidthPixels, ifEqualIn: other)
    keep(\.startNanometres, ifEqualIn: other)
    keep(\.endNanometres, ifEqualIn: other)
    keep(\.shiftVectorCoefficients, ifEqualIn: other)
    keep(\.pixelToWavelengthCoefficients, ifEqualIn: other)
  }

  private mutating func keep<Value: Equatable>(
    _ member: WritableKeyPath<ScannerDescription, Value?>,
    ifEqualIn other: ScannerDescription
  ) {
    if self[keyPath: member] != other[keyPath: member] { self[keyPath: member] = nil }
  }
}
