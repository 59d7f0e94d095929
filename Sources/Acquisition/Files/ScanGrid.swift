internal import Spectra

/// The wavelengths of the current configuration, and which pattern measures each.
///
/// Points rise strictly in wavelength, whatever the order of the sections and however they overlap.
/// Of patterns that share a wavelength, in one section or in several, the one that was measured
/// first is kept and the others are left out: counts of two pattern widths have no common mean.
struct ScanGrid: ~Copyable {
  private var sections: ScanSections?
  private var calibration: PixelToWavelength?
  /// A digest of the wavelengths, so equal for equal ones, whichever grid they are in.
  private(set) var revision: UInt64 = 0
  /// How many points there are.
  private(set) var pointCount = 0
  /// The wavelength of each point in nanometres, strictly rising.
  private(set) var wavelengths = FixedArray<Double>(repeating: 0, count: Limits.wavelengths)
  /// The pattern that measures each point.
  private(set) var patternOfPoint = FixedArray<Int32>(repeating: 0, count: Limits.wavelengths)
  /// The wavelength of each pattern in nanometres, in the order of measurement.
  private(set) var patternWavelengths = FixedArray<Double>(repeating: 0, count: Limits.wavelengths)

  init() {}

  /// Makes the next `update` report a change.
  mutating func forget() { sections = nil }

  /// Brings the grid to the configuration of `file`; returns whether that is another.
  mutating func update(for file: ScanFile) throws(ScanFileError) -> Bool {
    if let sections, sections.showSamePatterns(as: file.sections),
      calibration == file.header.pixelToWavelength
    {
      return false
    }
    sections = nil
    try file.header.pixelToWavelength.fillWavelengths(
      of: file.sections,
      into: &patternWavelengths
    )
    sortPatterns(count: file.sections.patterns)
    fillPoints(patternCount: file.sections.patterns)
    sections = file.sections
    calibration = file.header.pixelToWavelength
    return true
  }

  /// Sorts the patterns by wavelength; those that share one keep their order.
  private mutating func sortPatterns(count: Int) {
    // Sections nearly always rise, so moving each pattern to its place is quick.
    for pattern in 0..<count {
      let wavelength = patternWavelengths[pattern]
      var place = pattern
      while place > 0, patternWavelengths[Int(patternOfPoint[place - 1])] > wavelength {
        patternOfPoint[place] = patternOfPoint[place - 1]
        place -= 1
      }
      patternOfPoint[place] = Int32(pattern)
    }
  }

  /// Leaves repeated wavelengths out, and digests the rest (FNV-1a over their bits).
  private mutating func fillPoints(patternCount: Int) {
    var count = 0
    revision = 0xCBF2_9CE4_8422_2325
    for place in 0..<patternCount {
      let pattern = patternOfPoint[place]
      let wavelength = patternWavelengths[Int(pattern)]
      guard count == 0 || wavelength > wavelengths[count - 1] else { continue }
      patternOfPoint[count] = pattern
      wavelengths[count] = wavelength
      count += 1
      for shift in stride(from: 0, to: 64, by: 8) {
        revision = (revision ^ (wavelength.bitPattern >> UInt64(shift) & 0xFF)) &* 0x100_0000_01B3
      }
    }
    pointCount = count
  }
}
