/// The error bits of command 04/04: what failed since errors were last reset.
package struct NanoErrorBits: OptionSet, Hashable, Sendable, BitwiseCopyable {
  /// The device's word.
  package let rawValue: UInt32

  /// Makes a set from the device's word.
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The scan itself; its code says which part.
  package static let scan = NanoErrorBits(rawValue: 0x001)
  /// The analogue-digital converter.
  package static let converter = NanoErrorBits(rawValue: 0x002)
  /// The device's own spectrum library.
  package static let spectrumLibrary = NanoErrorBits(rawValue: 0x020)
  /// The hardware.
  package static let hardware = NanoErrorBits(rawValue: 0x040)
  /// The detector's temperature sensor (TMP006).
  package static let temperatureSensor = NanoErrorBits(rawValue: 0x080)
  /// The system's temperature and humidity sensor (HDC1000).
  package static let humiditySensor = NanoErrorBits(rawValue: 0x100)
  /// Memory ran out.
  package static let memory = NanoErrorBits(rawValue: 0x400)

  /// Those after which a scan's counts cannot be trusted.
  ///
  /// The rest (SD card, EEPROM, Bluetooth, battery, UART) has no part in a scan over USB, and a
  /// failed sensor only takes its own value away.
  package static let spoilingScan: NanoErrorBits = [
    .scan, .converter, .spectrumLibrary, .hardware, .memory,
  ]
}

/// The reply to command 04/04.
struct NanoErrorStatus: Equatable, BitwiseCopyable {
  /// How many bytes every known device answers; some answer more.
  static let byteCountMin = 20

  let bits: NanoErrorBits
  let scanCode: Int8

  /// Reads the reply's data, of which there are at least `byteCountMin` bytes at `offset`.
  init(parsing bytes: Span<UInt8>, at offset: Int) {
    bits = NanoErrorBits(rawValue: bytes.uint32(at: offset))
    scanCode = Int8(bitPattern: bytes[offset + 4])
  }
}
