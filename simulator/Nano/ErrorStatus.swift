/// The errors that the device has noted since they were last cleared (commands 04/03 to 04/08).
package struct ErrorStatus: Equatable, Sendable {
  /// What can be wrong, numbered as the bits of the error word.
  package enum Source: Int, CaseIterable, Sendable {
    case scan, adc, storageCard, eeprom, bluetooth, spectrumLibrary
    case hardware, temperatureSensor, humiditySensor, battery, memory, serialPort

    /// The source's bit in the error word.
    package var bit: UInt32 { 1 << UInt32(rawValue) }

    /// What fault scripts call it.
    package var word: String {
      switch self {
      case .scan: "scan"
      case .adc: "adc"
      case .storageCard: "card"
      case .eeprom: "eeprom"
      case .bluetooth: "bluetooth"
      case .spectrumLibrary: "library"
      case .hardware: "hardware"
      case .temperatureSensor: "temperature"
      case .humiditySensor: "humidity"
      case .battery: "battery"
      case .memory: "memory"
      case .serialPort: "serial"
      }
    }
  }

  /// Scan code: the configuration cannot be scanned.
  package static let configurationInvalid: Int16 = 0x20
  /// Scan code: the converter gave no data.
  package static let converterData: Int16 = 0x10

  private var codes = [Int16](repeating: 0, count: Source.allCases.count)

  /// Makes a status without errors.
  package init() {}

  /// Notes an error; the first code of a source stays until it is cleared.
  package mutating func note(_ source: Source, code: Int16) {
    if codes[source.rawValue] == 0 { codes[source.rawValue] = code }
  }

  /// Clears every source whose bit is in `mask`.
  package mutating func clear(_ mask: UInt32) {
    for source in Source.allCases where mask & source.bit != 0 { codes[source.rawValue] = 0 }
  }

  /// One bit per source that has an error.
  package var bits: UInt32 {
    Source.allCases.reduce(0) { codes[$1.rawValue] == 0 ? $0 : $0 | $1.bit }
  }

  /// The code of a source by its number, nil when there is no such source.
  package func code(sourceNumber: Int) -> Int16? {
    codes.indices.contains(sourceNumber) ? codes[sourceNumber] : nil
  }

  /// The 20 bytes that command 04/04 answers.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: bits)
    for source in Source.allCases {
      // Bluetooth's code alone has two bytes.
      if source == .bluetooth {
        bytes.append(littleEndian: codes[source.rawValue])
      } else {
        bytes.append(UInt8(truncatingIfNeeded: codes[source.rawValue]))
      }
    }
    return bytes + [UInt8](repeating: 0, count: 20 - bytes.count)
  }
}
