package import Spectra

/// A scan as the device stores and sends it: 3822 bytes, encoded independently of the daemon.
package struct ScanFile: Equatable, Sendable {
  /// The size of every scan file and of the factory reference.
  package static let byteCount = 3822
  /// The most bytes of a file that one reply carries.
  package static let chunkBytes = 512
  /// How many chunks a scan file comes in.
  package static let chunkCount = 8
  /// How many packets its chunks come in: seven of nine and one of four.
  package static let packetCount = 67
  /// Words in the file's array; those behind the scan's own are zero.
  package static let wordLimit = 864
  /// Where the words begin in the two layouts, and the sections in the one that has them.
  private static let (plainWordsOffset, slewWordsOffset, slewSectionsOffset) = (245, 330, 265)
  /// Signal words before each dark reading.
  package static let signalWordsPerBlack = 24

  /// Everything that the header says about one measurement.
  package struct Conditions: Equatable, Sendable {
    /// The device's clock at the scan.
    package var deviceTime = Timestamp(microsecondsSinceEpoch: 0)
    /// HDC1000 temperature in hundredths of a degree Celsius.
    package var systemHundredths: Int16 = 0
    /// TMP006 temperature in hundredths of a degree Celsius.
    package var detectorHundredths: Int16 = 0
    /// Relative humidity in hundredths of a percent.
    package var humidityHundredths: UInt16 = 0
    /// The lamp monitor's counts.
    package var lampPhotodiode: UInt16 = 0
    /// `scanDataIndex`: session in the upper half, scan of the session in the lower.
    package var scanIndex: UInt32 = 0
    /// ADC gain, 0 for a gain failure.
    package var gain: UInt8 = 64

    /// Makes conditions that are all zero, at gain 64.
    package init() {}
  }

  /// The scan's name: that of its configuration.
  package var name: String
  /// What the header says.
  package var conditions: Conditions
  /// The scanner's coefficients.
  package var calibration: Calibration
  /// The scanner's serial number, at most 8 bytes.
  package var serial: String
  /// The configuration that was scanned with.
  package var configuration: ScanConfiguration
  /// ADC words, dark readings included.
  package var words: [Int32]

  /// Where the bytes come from that the scan does not use; nil leaves them zero.
  package var staleSeed: UInt64?

  /// Makes a scan file from its parts.
  package init(
    name: String,
    conditions: Conditions,
    calibration: Calibration,
    serial: String,
    configuration: ScanConfiguration,
    words: [Int32]
  ) {
    precondition(words.count <= ScanFile.wordLimit, "the file has room for 864 words")
    (self.name, self.conditions, self.calibration) = (name, conditions, calibration)
    (self.serial, self.configuration, self.words) = (serial, configuration, words)
  }

  /// The file.
  package var bytes: [UInt8] {
    var adc: [UInt8] = []
    adc.reserveCapacity(4 * ScanFile.wordLimit)
    for word in words { adc.append(littleEndian: word) }
    adc += [UInt8](repeating: 0, count: 4 * (ScanFile.wordLimit - words.count))
    let file: [UInt8]
    switch configuration.layout {
    case .plain:
      file =
        TPLImage(
          format: "S(uc#cccccccjjvvu$(f#f#)c#vccccvc#c#vvcvvi#)",
          lengths: [20, 3, 3, 8, 8, 40, 864],
          data: header + configuration.plainRecord + adc
        ).bytes
    case .slew:
      file =
        TPLImage(
          format: "S(uc#cccccccjjvvu$(f#f#)c#vccc)",
          lengths: [20, 3, 3, 8],
          data: header
        ).bytes
        + configuration.bytes
        + TPLImage(format: "i#", lengths: [864], data: adc).bytes
    }
    let padded = file + [UInt8](repeating: 0, count: ScanFile.byteCount - file.count)
    return staleSeed.map { stale(padded, seed: $0) } ?? padded
  }

  /// The file with old bytes where a reader must not look.
  private func stale(_ file: [UInt8], seed: UInt64) -> [UInt8] {
    let isSlew = configuration.layout == .slew
    let words = isSlew ? ScanFile.slewWordsOffset : ScanFile.plainWordsOffset
    var unused = Array((words + 4 * self.words.count)..<(words + 4 * ScanFile.wordLimit))
    if isSlew {
      let used = 10 * configuration.sections.count
      let all = 10 * ScanConfiguration.sectionLimit
      unused += (used..<all).map { ScanFile.slewSectionsOffset + $0 }
    }
    var (file, random) = (file, DeterministicRandom(seed: seed, stream: 0))
    for offset in unused { file[offset] = UInt8(truncatingIfNeeded: random.word()) }
    return file
  }

  private var header: [UInt8] {
    let time = conditions.deviceTime.calendarTime
    var data: [UInt8] = []
    data.append(littleEndian: UInt32(1))
    data.append(text: name, width: 20)
    data += DeviceClock.bytes(of: time)
    data.append(littleEndian: conditions.systemHundredths)
    data.append(littleEndian: conditions.detectorHundredths)
    data.append(littleEndian: conditions.humidityHundredths)
    data.append(littleEndian: conditions.lampPhotodiode)
    data.append(littleEndian: conditions.scanIndex)
    data += calibration.packed
    data.append(text: serial, width: 8)
    data.append(littleEndian: UInt16(words.count))
    data += [UInt8(ScanFile.signalWordsPerBlack), UInt8(ScanFile.signalWordsPerBlack + 1)]
    data.append(conditions.gain)
    return data
  }

  /// How far the dark readings of one scan lie from their mean.
  package enum DarkSpread: Sendable {
    /// All are equal.
    case none
    /// Some hundred counts as on a real scanner, always the same ones; they cancel out.
    case deterministic
  }

  /// ADC words of a scan: the signal above the dark level, a dark reading behind every 24 words.
  ///
  /// The host subtracts the integer mean of all dark readings. That mean is exactly `darkLevel`,
  /// so the host finds exactly `signal`. A scan too short for a dark reading has no dark level.
  package static func words(
    signal: [Int32],
    darkLevel: Int32,
    spread: DarkSpread = .deterministic
  ) -> [Int32] {
    let blackCount = signal.count / signalWordsPerBlack
    let level = level(darkLevel, pointCount: signal.count)
    var words: [Int32] = []
    words.reserveCapacity(signal.count + blackCount)
    for (index, value) in signal.enumerated() {
      words.append(value + level)
      guard index % signalWordsPerBlack == signalWordsPerBlack - 1 else { continue }
      let deviation =
        switch spread {
        case .none: Int32(0)
        case .deterministic: darkDeviation(at: index / signalWordsPerBlack, of: blackCount)
        }
      words.append(level + deviation)
    }
    return words
  }

  /// The dark level of a scan of so many points; one without a dark reading has none.
  package static func level(_ darkLevel: Int32, pointCount: Int) -> Int32 {
    pointCount < signalWordsPerBlack ? 0 : darkLevel
  }

  /// Deviations come in pairs of opposite sign; an odd one out is zero.
  private static func darkDeviation(at index: Int, of count: Int) -> Int32 {
    guard index < count - count % 2 else { return 0 }
    let size = Int32(40 + 97 * (index / 2) % 260)
    return index % 2 == 0 ? size : -size
  }
}
