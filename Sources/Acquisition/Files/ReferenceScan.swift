internal import Spectra

/// A scan of a white standard, and what brings it to the configuration of each scan.
///
/// What depends on the configuration alone is computed when that changes. Its storage is allocated
/// once; without a file it serves no scan.
struct ReferenceScan: ~Copyable {
  /// What the reference file says; nil when there is none.
  private(set) var file: ScanFile?
  /// When the user measured it; nil for the factory's.
  private(set) var measuredAt: Timestamp?
  /// Why it does not serve the current configuration; nil when it does or there is none.
  private(set) var fault: ScanFileError?
  private var wavelengths = FixedArray<Double>(repeating: 0, count: Limits.wavelengths)
  private var signal = FixedArray<Int32>(repeating: 0, count: Limits.wavelengths)
  /// The counts of each pattern of the current configuration, at the reference's own gain.
  private var fitted = FixedArray<Int32>(repeating: 0, count: Limits.wavelengths)

  /// Makes a reference that serves no scan.
  init() {}

  /// Reads the file of a scan; `measuredAt` is nil for the factory's.
  init(parsing bytes: Span<UInt8>, measuredAt: Timestamp?) throws(ScanFileError) {
    let file = try ScanFile(parsing: bytes)
    try file.header.pixelToWavelength.fillWavelengths(of: file.sections, into: &wavelengths)
    _ = file.decodeSignal(of: bytes, into: &signal)
    var hasLight = false
    for pattern in 0..<file.sections.patterns where signal[pattern] > 0 { hasLight = true }
    guard hasLight else { throw .referenceWithoutLight }
    (self.file, self.measuredAt) = (file, measuredAt)
  }

  /// Whether it can be compared with a scan of the current configuration that has this gain.
  func serves(gain: UInt8) -> Bool {
    guard fault == nil, let file else { return false }
    // A gain of 0 is the device's failure to set one, so the signals cannot be compared.
    return gain > 0 && file.header.gain > 0
  }

  /// The counts of the white standard for `pattern`, at `gain`; both must be served.
  func counts(ofPattern pattern: Int, gain: UInt8) -> Int32 {
    guard let file, file.header.gain != gain, file.header.gain > 0 else { return fitted[pattern] }
    return Int32(clamping: Int64(fitted[pattern]) * Int64(gain) / Int64(file.header.gain))
  }

  /// Computes what the reference would have shown under another configuration.
  ///
  /// `scanWavelengths` has the wavelength of each pattern in the order of measurement.
  mutating func fit(
    to sections: ScanSections,
    at scanWavelengths: borrowing FixedArray<Double>,
    matrix: inout ReferenceMatrix?
  ) {
    fault = nil
    guard let own = file?.sections else { return }
    if own.showSamePatterns(as: sections) {
      fitted.copyPrefix(sections.patterns, of: signal)
      return
    }
    do throws(ScanFileError) {
      try checkUse(of: own, for: sections)
      // Each point for itself: the maker's program goes on from where the section before ended,
      // and so takes points of a section that begins lower from a line far away.
      var lines = LinearInterpolation(count: own.patterns)
      for pattern in 0..<sections.patterns {
        fitted[pattern] = lines.integer(at: scanWavelengths[pattern], wavelengths, signal)
      }
      try scaleWidths(of: sections, own[0].widthPixels, at: scanWavelengths, matrix: &matrix)
    } catch {
      // The scan is still worth storing; clients are told that it has no reference.
      fault = error
    }
  }

  /// Brings each section to its own pattern width.
  private mutating func scaleWidths(
    of sections: ScanSections,
    _ ownWidth: Int,
    at scanWavelengths: borrowing FixedArray<Double>,
    matrix: inout ReferenceMatrix?
  ) throws(ScanFileError) {
    if sections.widthPixels == ownWidth, sections.count == 1 || matrix == nil { return }
    var first = 0
    for index in 0..<sections.count {
      let section = sections[index]
      guard matrix != nil else { throw .widthOutsideMatrix(width: section.widthPixels) }
      // Also for an equal width: between two rows of the matrix the factor is not quite 1, and
      // the maker's program multiplies by it wherever there are several sections.
      try matrix?.scale(
        &fitted,
        at: scanWavelengths,
        in: first..<first + section.patterns,
        fromWidth: ownWidth,
        toWidth: section.widthPixels
      )
      first += section.patterns
    }
  }

  private func checkUse(of own: ScanSections, for sections: ScanSections) throws(ScanFileError) {
    guard own.count == 1 else { throw .referenceHasSections(own.count) }
    guard own.patterns >= 2, sections.startNanometres >= own.startNanometres,
      sections.endNanometres <= own.endNanometres
    else {
      throw .referenceDoesNotCover(
        startNanometres: sections.startNanometres,
        endNanometres: sections.endNanometres
      )
    }
    for index in 0..<own.patterns {
      guard signal[index] != 0 else { throw .referenceHasZero(index: index) }
      guard index == 0 || wavelengths[index] > wavelengths[index - 1] else {
        throw .referenceNotRising(index: index)
      }
    }
  }
}
