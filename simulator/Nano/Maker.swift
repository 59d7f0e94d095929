/// Whose scanner it is: both makers sell the same device with their own firmware and names.
package enum Maker: String, CaseIterable, Sendable {
  /// DLP NIRscan Nano, firmware 2.1.0.
  case texasInstruments = "ti"
  /// NIR-M-R2 and its relatives, firmware 2.6.3.
  case innoSpectra = "innospectra"

  /// The USB strings by index.
  ///
  /// Every TI unit has the same serial number string; the real one is command 02/33.
  func strings(model: String) -> [String] {
    switch self {
    case .texasInstruments:
      [
        "", "Texas Instruments", "Nirscan Nano", "12345678", "HID Command Interface",
        "HID NIR nano Configuration",
      ]
    case .innoSpectra:
      [
        "", "Inno-Spectra Corp.", model, "12345678", "HID Command Interface",
        "HID NIR Nano Configuration",
      ]
    }
  }

  /// What command 02/16 answers: firmware, display controller and its flash, spectrum library,
  /// then the versions of calibration, reference and configurations.
  var versionWords: [UInt32] {
    let firmware: UInt32 = self == .texasInstruments ? 0x0002_0100 : 0x0002_0603
    return [firmware, 0x0300_0000, 0x0300_0000, 0x0002_0003, 1, 3, 1]
  }

  /// Bytes of the serial number's reply: seven characters and one zero, or two.
  var serialByteCount: Int { self == .texasInstruments ? 8 : 9 }

  /// What the clock shows after power-up, in microseconds since 1970.
  var bootTime: Int64 {
    switch self {
    case .texasInstruments: DeviceClock.bootMicroseconds
    case .innoSpectra: 1_514_790_000_000_000  // Monday 2018-01-01 07:00:00
    }
  }

  /// Whether this firmware knows `command`.
  func knows(_ command: NanoCommand) -> Bool {
    switch command {
    case .model, .storedScanCount, .testStorageCard: self == .texasInstruments
    case .modelName, .uniqueIdentifier, .manufacturingSerial, .hardwareVersion, .isActivated,
      .lampUsage, .hasBluetooth:
      self == .innoSpectra
    default: true
    }
  }

  /// The recording as this maker's device would have made it.
  func adapted(_ recording: PlayableRecording) -> PlayableRecording {
    guard self == .innoSpectra else { return recording }
    var adapted = recording
    adapted.configuration.layout = .slew
    if !adapted.model.hasPrefix("NIR-") { adapted.model = "NIR-M-R2" }
    // Only extended units have the detector's thermometer.
    for index in adapted.scans.indices { adapted.scans[index].detectorHundredths = 0 }
    return adapted
  }
}
