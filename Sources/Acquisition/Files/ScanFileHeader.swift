package import Spectra

/// The 104 bytes that both layouts of a scan file begin with.
package struct ScanFileHeader: Equatable, Sendable, BitwiseCopyable {
  static let byteCount = 104

  /// The scanner's clock at the scan; nil when its bytes are no date.
  package let deviceTime: Timestamp?
  /// System temperature in hundredths of °C.
  package let temperatureHundredths: Int16
  /// Detector temperature in hundredths of °C.
  package let detectorTemperatureHundredths: Int16
  /// Relative humidity in hundredths of a percent.
  package let humidityHundredths: UInt16
  /// The lamp monitor's reading; 0 when there is none.
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

  /// Reads the header that begins at `data`.
  init(parsing bytes: Span<UInt8>, at data: Int) {
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
  }

  /// Reads the header of a file of either layout, or of its first chunk; nil for anything else.
  init?(beginning bytes: Span<UInt8>) {
    let data: Int
    if SerializedImage.plainScan.matchesFormat(of: bytes) {
      data = SerializedImage.plainScan.dataOffset
    } else if SerializedImage.slewScanHeader.matchesFormat(of: bytes) {
      data = SerializedImage.slewScanHeader.dataOffset
    } else {
      return nil
    }
    guard bytes.count >= data + ScanFileHeader.byteCount else { return nil }
    self.init(parsing: bytes, at: data)
  }

  /// Whether word `index` was measured with all mirrors off.
  func isBlack(_ index: Int) -> Bool {
    index >= blackFirst && (index - blackFirst) % blackPeriod == 0
  }
}

extension ScanFileHeader {
  /// The system temperature in °C; nil for a failed reading.
  var temperatureCelsius: Double? { celsius(hundredths: temperatureHundredths) }

  /// The detector's temperature in °C; nil for a failed reading and for a missing sensor.
  ///
  /// Units without the sensor store 0. That hides one reading in thousands of a detector that is
  /// at its freezing point, where no scanner is used.
  var detectorTemperatureCelsius: Double? {
    detectorTemperatureHundredths == 0 ? nil : celsius(hundredths: detectorTemperatureHundredths)
  }

  /// Relative humidity in percent; nil for a failed reading.
  var relativeHumidityPercent: Double? {
    // The sensor gives 0 to 100 %; a failed reading of -1 is stored as 655.35 %.
    humidityHundredths <= 10_000 ? Double(humidityHundredths) / 100 : nil
  }
}

/// °C of a stored temperature; nil for a failed reading.
///
/// A failure is stored as -1; both sensors measure from -40 to 125 °C.
private func celsius(hundredths: Int16) -> Double? {
  guard hundredths != -1, (-4_000...12_500).contains(hundredths) else { return nil }
  return Double(hundredths) / 100
}
