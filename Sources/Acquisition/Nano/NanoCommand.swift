/// A command of the scanner.
///
/// The raw value is direction (1 reads, 0 writes), group byte and command byte. The list is closed:
/// what is not in it cannot be sent. So nothing here erases or writes calibration, flash or stored
/// configurations, resets the scanner, puts it to sleep or starts its boot loader.
package enum NanoCommand: UInt32, CaseIterable, Sendable, BitwiseCopyable {
  /// Firmware and file versions: 7 × u32.
  ///
  /// The first one may boot the display controller.
  case readVersions = 0x1_02_16
  /// The serial number: 8 or 9 bytes of text.
  case readSerialNumber = 0x1_02_33
  /// The model name: 16 bytes of text; InnoSpectra's and older firmware answers with an error.
  case readModelName = 0x1_02_3C
  /// The model name of a device of InnoSpectra: 16 bytes of text.
  case readInnoSpectraModelName = 0x1_03_FD
  /// How long the lamp of a device of InnoSpectra has burnt: u64 milliseconds.
  case readLampUsage = 0x1_02_80
  /// Sets the clock: year − 2000, month, day, weekday from Sunday, hour, minute, second.
  case setClock = 0x0_03_09
  /// The clock, in the seven bytes that set it.
  case readClock = 0x1_03_0C
  /// Allows (1) or forbids (0) going to sleep.
  case setHibernation = 0x0_03_0E
  /// Whether going to sleep is allowed: one byte.
  case readHibernation = 0x1_03_0F
  /// Temperatures now: i32 of the surroundings and of the detector, in hundredths of °C.
  case readTemperatures = 0x1_03_00
  /// Climate now: i32 temperature in hundredths of °C, i32 humidity in hundredths of a percent.
  case readHumidity = 0x1_03_02
  /// How many configurations are stored.
  case readConfigurationCount = 0x1_02_22
  /// One stored configuration: u32 size and the blob.
  case readConfiguration = 0x1_02_20
  /// The index of the active stored configuration.
  case readActiveConfiguration = 0x1_02_23
  /// The calibration: its image and stale bytes.
  case readCalibration = 0x1_02_2A
  /// Uses the configuration that follows without storing it; answers the number of patterns.
  case applyConfiguration = 0x0_02_1E
  /// The estimated time of a scan: u32 milliseconds.
  case readEstimatedScanTime = 0x1_02_37
  /// Starts a scan; the parameter asks for a copy on the SD card.
  case startScan = 0x0_02_18
  /// The device's status word: u32.
  case readDeviceStatus = 0x1_04_03
  /// The error bits and codes: 20 bytes or more.
  case readErrorStatus = 0x1_04_04
  /// Forgets all errors.
  case resetErrors = 0x0_04_05
  /// The next file's transfer: its type in, its u32 size out.
  case beginFile = 0x1_00_2D
  /// The next 512 bytes of the file.
  case readFileChunk = 0x1_00_2E

  /// The group byte, sent second.
  package var group: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 8) }
  /// The command byte, sent first.
  package var code: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
  /// Whether the command reads; sending it the wrong way gives an error reply.
  package var isRead: Bool { rawValue >> 16 == 1 }
}

extension NanoCommand: CustomStringConvertible {
  /// Group and code in hexadecimal, as in 02/18.
  package var description: String {
    func hexadecimal(_ value: UInt8) -> String {
      (value < 16 ? "0" : "") + String(value, radix: 16, uppercase: true)
    }
    return hexadecimal(group) + "/" + hexadecimal(code)
  }
}
