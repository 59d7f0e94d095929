internal import Spectra

/// The reference that the scanner's maker measured, and what brings it to a scan's configuration.
struct ReferenceScan: ~Copyable {
  /// What the reference file says.
  let file: ScanFile
  private let wavelengths: FixedArray<Double>
  private let signal: FixedArray<Int32>
  private var matrix: ReferenceMatrix?

  /// Reads the reference file; without a matrix it serves scans of its own pattern width only.
  init(parsing bytes: Span<UInt8>, matrix: consuming ReferenceMatrix?) throws(ScanFileError) {
    let file = try ScanFile(parsing: bytes)
    var signal = FixedArray<Int32>(repeating: 0, count: Limits.wavelengths)
    var wavelengths = FixedArray<Double>(repeating: 0, count: Limits.wavelengths)
    try file.pixelToWavelength.fillWavelengths(of: file.section, into: &wavelengths)
    _ = file.decodeSignal(of: bytes, into: &signal)
    self.file = file
    self.signal = signal
    self.wavelengths = wavelengths
    self.matrix = matrix
  }

  /// Writes what the reference would have shown under the configuration `section`, at its own gain.
  ///
  /// `wavelengths` are those of the scan. The first `section.patterns` elements are written.
  mutating func fill(
    for section: ScanSection,
    at scanWavelengths: borrowing FixedArray<Double>,
    into result: inout FixedArray<Int32>
  ) throws(ScanFileError) {
    if section == file.section {
      result.copyPrefix(section.patterns, of: signal)
      return
    }
    try checkUse(for: section)
    var lines = LinearInterpolation(count: file.section.patterns)
    for index in 0..<section.patterns {
      result[index] = lines.integer(at: scanWavelengths[index], wavelengths, signal)
    }
    guard section.widthPixels != file.section.widthPixels else { return }
    guard matrix != nil else { throw .widthOutsideMatrix(width: section.widthPixels) }
    try matrix?.scale(
      &result,
      at: scanWavelengths,
      count: section.patterns,
      fromWidth: file.section.widthPixels,
      toWidth: section.widthPixels
    )
  }

  private func checkUse(for section: ScanSection) throws(ScanFileError) {
    guard file.section.patterns >= 2,
      section.startNanometres >= file.section.startNanometres,
      section.endNanometres <= file.section.endNanometres
    else {
      throw .referenceDoesNotCover(
        startNanometres: section.startNanometres,
        endNanometres: section.endNanometres
      )
    }
    for index in 0..<file.section.patterns where signal[index] == 0 {
      throw .referenceHasZero(index: index)
    }
  }
}
