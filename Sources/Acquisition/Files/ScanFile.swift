internal import Spectra

/// What a Column scan file says, apart from its ADC words.
///
/// The scanner's scan file and its reference file have the same two layouts: a plain one, and the
/// slew layout of up to five sections, which every device of InnoSpectra writes.
package struct ScanFile: Sendable, BitwiseCopyable {
  /// How many bytes the scanner serves: the images and zeros.
  package static let byteCount = 3822

  /// When and how it was measured.
  package let header: ScanFileHeader
  /// What was measured.
  package let sections: ScanSections
  /// How many passes were averaged.
  package let repeats: UInt16
  /// Where the ADC words begin.
  private let wordsOffset: Int

  /// Reads a Column file of either layout and refuses every other, by name where it is known.
  package init(parsing bytes: Span<UInt8>) throws(ScanFileError) {
    try SerializedImage.checkMagic(bytes)
    if SerializedImage.slewScanHeader.matchesFormat(of: bytes) {
      try self.init(parsingSlew: bytes)
    } else {
      try self.init(parsingPlain: bytes)
    }
    guard !sections.containsHadamard else { throw .hadamardScan }
    try checkWordCount()
  }

  private init(parsingPlain bytes: Span<UInt8>) throws(ScanFileError) {
    try SerializedImage.plainScan.check(bytes)
    let data = SerializedImage.plainScan.dataOffset
    header = ScanFileHeader(parsing: bytes, at: data)
    sections = ScanSections(try ScanSection(parsing: bytes, at: data + 104))
    repeats = bytes.uint16(at: data + 104 + 58)
    wordsOffset = data + 104 + 60
  }

  private init(parsingSlew bytes: Span<UInt8>) throws(ScanFileError) {
    try SerializedImage.slewScanHeader.check(bytes)
    header = ScanFileHeader(parsing: bytes, at: SerializedImage.slewScanHeader.dataOffset)
    var offset = SerializedImage.slewScanHeader.byteCount
    (sections, repeats) = try ScanSections.parseSlew(bytes, at: offset)
    offset += SerializedImage.slewConfiguration.byteCount + SerializedImage.slewSections.byteCount
    try SerializedImage.slewWords.check(bytes, at: offset)
    wordsOffset = offset + SerializedImage.slewWords.dataOffset
  }

  private func checkWordCount() throws(ScanFileError) {
    let (first, period) = (header.blackFirst, header.blackPeriod)
    guard period > 1 else { throw .wrongBlackPattern(first: first, period: period) }
    let blackCount = (max(0, header.wordCount - first) + period - 1) / period
    let patterns = sections.patterns
    guard header.wordCount <= Limits.wavelengths, header.wordCount - blackCount == patterns else {
      throw .wrongWordCount(words: header.wordCount, patterns: patterns)
    }
  }
}

extension ScanFile {
  /// The counts per pattern with the dark signal removed, and the largest word with it.
  ///
  /// The dark signal is the integer mean of all words measured with the mirrors off, whichever
  /// section they stand in. The first `sections.patterns` elements of `signal` are written, in the
  /// order of measurement. `bytes` is the file that was parsed.
  func decodeSignal(
    of bytes: Span<UInt8>,
    into signal: inout FixedArray<Int32>
  ) -> Int32 {
    var (blackSum, blackCount, maximum) = (Int64(0), Int64(0), Int32.min)
    for index in 0..<header.wordCount {
      let word = bytes.int32(at: wordsOffset + 4 * index)
      maximum = max(maximum, word)
      guard header.isBlack(index) else { continue }
      blackSum += Int64(word)
      blackCount += 1
    }
    let dark = blackCount > 0 ? blackSum / blackCount : 0
    var pattern = 0
    for index in 0..<header.wordCount where !header.isBlack(index) {
      let word = bytes.int32(at: wordsOffset + 4 * index)
      // Real words have 24 bits; only a damaged file needs the clamp.
      signal[pattern] = Int32(clamping: Int64(word) - dark)
      pattern += 1
    }
    return maximum
  }
}
