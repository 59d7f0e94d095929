internal import Spectra

/// The scanner's calibration: wavelength = c0 + c1·x + c2·x² in nanometres at mirror column x.
package struct PixelToWavelength: Equatable, Sendable, BitwiseCopyable {
  /// The highest column of the mirror array.
  package static let columnMax = 853.0

  /// The wavelength at column 0 in nanometres.
  package let c0: Double
  /// Nanometres per column there.
  package let c1: Double
  /// The curvature in nanometres per square column.
  package let c2: Double

  /// Makes a calibration from its coefficients.
  package init(c0: Double, c1: Double, c2: Double) {
    (self.c0, self.c1, self.c2) = (c0, c1, c2)
  }

  /// The column that shows `nanometres`, or nil when the array does not reach it.
  func column(ofNanometres nanometres: Double) -> Double? {
    let candidates: (Double, Double)
    if c2 == 0 {
      let column = (nanometres - c0) / c1
      candidates = (column, column)
    } else {
      let root = (c1 * c1 - 4 * c2 * (c0 - nanometres)).squareRoot()
      candidates = ((-c1 + root) / (2 * c2), (-c1 - root) / (2 * c2))
    }
    // NaN, from a range that the parabola does not reach, is in no range.
    if (0...PixelToWavelength.columnMax).contains(candidates.0) { return candidates.0 }
    if (0...PixelToWavelength.columnMax).contains(candidates.1) { return candidates.1 }
    return nil
  }

  /// The wavelength at the middle of a pattern of `width` columns that is placed at `column`.
  func nanometres(column: Int, width: Int) -> Double {
    // A pattern of even width lies half a column lower than its number says.
    let middle = Double(column) - (width % 2 == 0 ? 0.5 : 0)
    return c2 * middle * middle + c1 * middle + c0
  }

  /// Writes the wavelength of each pattern in nanometres, in the order of measurement.
  ///
  /// The first `sections.patterns` elements are written. They rise within a section, but two
  /// patterns may share a column, and sections may overlap.
  func fillWavelengths(
    of sections: ScanSections,
    into wavelengths: inout FixedArray<Double>
  ) throws(ScanFileError) {
    var first = 0
    for index in 0..<sections.count {
      try fillWavelengths(of: sections[index], into: &wavelengths, from: first)
      first += sections[index].patterns
    }
  }

  private func fillWavelengths(
    of section: ScanSection,
    into wavelengths: inout FixedArray<Double>,
    from offset: Int
  ) throws(ScanFileError) {
    guard let first = column(ofNanometres: Double(section.startNanometres)) else {
      throw .wavelengthOutsideArray(nanometres: section.startNanometres)
    }
    guard let last = column(ofNanometres: Double(section.endNanometres)) else {
      throw .wavelengthOutsideArray(nanometres: section.endNanometres)
    }
    let step = section.patterns > 1 ? (last - first) / Double(section.patterns - 1) : 0
    // The device adds the step each time, and rounding makes that differ from multiplying.
    var position = first
    for index in 0..<section.patterns {
      let wavelength = nanometres(column: Int(position), width: section.widthPixels)
      guard wavelength.isFinite else { throw .wavelengthNotFinite(index: offset + index) }
      wavelengths[offset + index] = wavelength
      position += step
    }
  }
}
