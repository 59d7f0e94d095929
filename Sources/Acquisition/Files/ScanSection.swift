/// A range of wavelengths that is measured with one pattern width.
package struct ScanSection: Equatable, Sendable, BitwiseCopyable {
  /// How the patterns cover the range.
  package enum Kind: UInt8, Sendable, BitwiseCopyable {
    /// One wavelength at a time.
    case column = 0
    /// Half of all wavelengths at a time.
    case hadamard = 1
  }

  /// The most patterns that the device shows in one scan.
  package static let patternsMax = 624

  /// How the patterns cover the range.
  package var kind: Kind
  /// The first wavelength in nanometres.
  package var startNanometres: Int
  /// The last wavelength in nanometres.
  package var endNanometres: Int
  /// The width of one pattern in columns of the mirror array.
  package var widthPixels: Int
  /// How many wavelengths are measured.
  package var patterns: Int
  /// The device's code of how long a pattern is shown, from 0 (635 µs) to 6; 0 in plain layouts.
  ///
  /// Counts are not brought to another exposure: neither does the maker's program.
  package var exposureCode: UInt16

  /// Makes a section from its parts, which are not checked here.
  package init(
    kind: Kind,
    startNanometres: Int,
    endNanometres: Int,
    widthPixels: Int,
    patterns: Int,
    exposureCode: UInt16 = 0
  ) {
    (self.kind, self.widthPixels, self.patterns) = (kind, widthPixels, patterns)
    (self.startNanometres, self.endNanometres) = (startNanometres, endNanometres)
    self.exposureCode = exposureCode
  }

  /// Whether both show the same patterns, however long.
  func showsSamePatterns(as other: ScanSection) -> Bool {
    kind == other.kind && startNanometres == other.startNanometres
      && endNanometres == other.endNanometres && widthPixels == other.widthPixels
      && patterns == other.patterns
  }

  /// Refuses an empty range and an impossible width or number of patterns.
  ///
  /// The range's limits differ between models, so only their order is checked.
  func check() throws(ScanFileError) {
    guard startNanometres > 0, startNanometres < endNanometres, widthPixels > 0,
      (1...ScanSection.patternsMax).contains(patterns)
    else {
      throw .wrongSection(
        startNanometres: startNanometres,
        endNanometres: endNanometres,
        width: widthPixels,
        patterns: patterns
      )
    }
  }
}
