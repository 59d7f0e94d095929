/// A command of the scanner, written group/code as in its documents.
package struct NanoCommand: Equatable, Sendable, BitwiseCopyable, CustomStringConvertible {
  /// The group byte, sent second.
  package let group: UInt8
  /// The command byte, sent first.
  package let code: UInt8
  /// Whether the command reads; sending it the wrong way gives an error reply.
  package let isRead: Bool

  /// Makes a command that reads.
  package static func read(_ group: UInt8, _ code: UInt8) -> NanoCommand {
    NanoCommand(group: group, code: code, isRead: true)
  }

  /// Makes a command that writes.
  package static func write(_ group: UInt8, _ code: UInt8) -> NanoCommand {
    NanoCommand(group: group, code: code, isRead: false)
  }

  /// Group and code in hexadecimal, as in 02/18.
  package var description: String {
    func hexadecimal(_ value: UInt8) -> String {
      (value < 16 ? "0" : "") + String(value, radix: 16, uppercase: true)
    }
    return hexadecimal(group) + "/" + hexadecimal(code)
  }
}

extension NanoCommand {
  /// Firmware and file versions: 7 × u32.
  ///
  /// The first one may boot the display controller.
  package static let readVersions = read(0x02, 0x16)
  /// The serial number: 8 or 9 bytes of text.
  package static let readSerialNumber = read(0x02, 0x33)
  /// The model name: 16 bytes of text; older firmware answers with an error.
  package static let readModelName = read(0x02, 0x3C)
  /// Sets the clock: year − 2000, month, day, weekday from Sunday, hour, minute, second.
  package static let setClock = write(0x03, 0x09)
  /// Allows (1) or forbids (0) going to sleep.
  package static let setHibernation = write(0x03, 0x0E)
  /// How many configurations are stored.
  package static let readConfigurationCount = read(0x02, 0x22)
  /// One stored configuration: u32 size and the blob.
  package static let readConfiguration = read(0x02, 0x20)
  /// The index of the active stored configuration.
  package static let readActiveConfiguration = read(0x02, 0x23)
  /// The calibration: its image and stale bytes.
  package static let readCalibration = read(0x02, 0x2A)
  /// Uses the configuration that follows without storing it; answers the number of patterns.
  package static let applyConfiguration = write(0x02, 0x1E)
  /// The estimated time of a scan: u32 milliseconds.
  package static let readEstimatedScanTime = read(0x02, 0x37)
  /// Starts a scan; the parameter asks for a copy on the SD card.
  package static let startScan = write(0x02, 0x18)
  /// The device's status word: u32.
  package static let readDeviceStatus = read(0x04, 0x03)
  /// The error bits and codes: 20 bytes or more.
  package static let readErrorStatus = read(0x04, 0x04)
  /// Forgets all errors.
  package static let resetErrors = write(0x04, 0x05)
  /// Starts the transfer of a file: its type in, its u32 size out.
  package static let beginFile = read(0x00, 0x2D)
  /// The next 512 bytes of the file.
  package static let readFileChunk = read(0x00, 0x2E)
}

/// The files that the scanner hands out.
package enum NanoFile: UInt8, Sendable {
  /// The last scan.
  case scan = 0
  /// The reference scan that its maker stored.
  case reference = 2
  /// The matrix that brings the reference to another pattern width.
  case matrix = 3

  /// How many bytes of the file are used; zeros may follow them.
  var byteCountMin: Int {
    switch self {
    case .scan, .reference: SerializedImage.plainScan.byteCount
    case .matrix: SerializedImage.referenceMatrix.byteCount
    }
  }
}
