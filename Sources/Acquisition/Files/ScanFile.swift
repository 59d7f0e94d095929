package import Spectra

/// What a plain scan file says, apart from its ADC words.
///
/// The scanner's scan file and its reference file have the same layout.
package struct ScanFile: Sendable, BitwiseCopyable {
  /// How many bytes the scanner serves: the image and zeros.
  package static let byteCount = 3822
  /// Where the scan counter stands in a plain file.
  static let scanIndexOffset = SerializedImage.plainScan.dataOffset + 39

  /// The scanner's clock at the scan; nil when its bytes are no date.
  package let deviceTime: Timestamp?
  /// System temperature in hundredths of °C.
  package let temperatureHundredths: Int16
  /// Detector temperature in hundredths of °C.
  package let detectorTemperatureHundredths: Int16
  /// Relative humidity in hundredths of a percent.
  package let humidityHundredths: UInt16
  /// The lamp monitor's reading.
  package let lampPhotodiode: UInt16
  /// The scan counter: its upper half counts sessions, its lower half scans of one.
  package let scanIndex: UInt32
  /// Column of the mirror array to wavelength.
  package let pixelToWavelength: PixelToWavelength
  /// How many ADC words are valid.
  package let wordCount: Int
  /// The index of the first word that was measured with all mirrors off.
  package let blackFirst: Int
  /// After how many words the next of these comes.
  package let blackPeriod: Int
  /// The amplifier's gain, 1 to 64; 0 is a gain failure.
  package let gain: UInt8
  /// What was measured.
  package let section: ScanSection
  /// How many passes were averaged.
  package let repeats: UInt16

  /// Reads a plain Column file and refuses every other, by name where its kind is known.
  package init(parsing bytes: Span<UInt8>) throws(ScanFileError) {
    try SerializedImage.checkMagic(bytes)
    if SerializedImage.slewScanHeader.matchesFormat(of: bytes) { throw .slewLayout }
    try SerializedImage.plainScan.check(bytes)
    let data = SerializedImage.plainScan.dataOffset
    deviceTime = Timestamp(
      CalendarTime(
        year: 2000 + Int(bytes[data + 24]),
        month: Int(bytes[data + 25]),
        day: Int(bytes[data + 26]),
        hour: Int(bytes[data + 28]),
        minute: Int(bytes[data + 29]),
        second: Int(bytes[data + 30])
      )
    )
    temperatureHundredths = bytes.int16(at: data + 31)
    detectorTemperatureHundredths = bytes.int16(at: data + 33)
    humidityHundredths = bytes.uint16(at: data + 35)
    lampPhotodiode = bytes.uint16(at: data + 37)
    scanIndex = bytes.uint32(at: data + 39)
    pixelToWavelength = PixelToWavelength(
      c0: bytes.double(at: data + 67),
      c1: bytes.double(at: data + 75),
      c2: bytes.double(at: data + 83)
    )
    wordCount = Int(bytes.uint16(at: data + 99))
    blackFirst = Int(bytes[data + 101])
    blackPeriod = Int(bytes[data + 102])
    gain = bytes[data + 103]
    section = try ScanSection(parsing: bytes, at: data + 104)
    repeats = bytes.uint16(at: data + 104 + 58)
    guard section.kind == .column else { throw .hadamardScan }
    try checkWordCount()
  }

  /// Whether word `index` was measured with all mirrors off.
  func isBlack(_ index: Int) -> Bool {
    index >= blackFirst && (index - blackFirst) % blackPeriod == 0
  }

  private func checkWordCount() throws(ScanFileError) {
    guard blackPeriod > 1 else {
      throw .wrongBlackPattern(first: blackFirst, period: blackPeriod)
    }
    let blackCount = (max(0, wordCount - blackFirst) + blackPeriod - 1) / blackPeriod
    guard wordCount <= Limits.wavelengths, wordCount - blackCount == section.patterns else {
      throw .wrongWordCount(words: wordCount, patterns: section.patterns)
    }
  }
}

extension ScanFile {
  /// The counts per wavelength with the dark signal removed, and the largest word with it.
  ///
  /// The dark signal is the integer mean of all words measured with the mirrors off. The first
  /// `section.patterns` elements of `signal` are written. `bytes` is the file that was parsed.
  func decodeSignal(
    of bytes: Span<UInt8>,
    into signal: inout FixedArray<Int32>
  ) -> Int32 {
    let words = SerializedImage.plainScan.dataOffset + 164
    var (blackSum, blackCount, maximum) = (Int64(0), Int64(0), Int32.min)
    for index in 0..<wordCount {
      let word = bytes.int32(at: words + 4 * index)
      maximum = max(maximum, word)
      guard isBlack(index) else { continue }
      blackSum += Int64(word)
      blackCount += 1
    }
    let dark = blackCount > 0 ? blackSum / blackCount : 0
    var point = 0
    for index in 0..<wordCount where !isBlack(index) {
      let word = bytes.int32(at: words + 4 * index)
      // Real words have 24 bits; only a damaged file needs the clamp.
      signal[point] = Int32(clamping: Int64(word) - dark)
      point += 1
    }
    return maximum
  }
}
