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
  /// InnoSpectra's judgement of lamp, converter and gain.
  package static let system = NanoErrorBits(rawValue: 0x1000)

  /// Those after which a scan's counts cannot be trusted.
  ///
  /// The rest (SD card, EEPROM, Bluetooth, battery, UART) has no part in a scan over USB, a failed
  /// sensor only takes its own value away, and what InnoSpectra's firmware finds unstable is told
  /// but may be constant with a unit.
  package static let spoilingScan: NanoErrorBits = [
    .scan, .converter, .spectrumLibrary, .hardware, .memory,
  ]
}

/// The reply to command 04/04: the error bits, and a code for each that says more.
package struct NanoErrorStatus: Equatable, Sendable, BitwiseCopyable {
  /// How many bytes every known device answers; InnoSpectra's documents show 24.
  package static let byteCountMin = 20

  /// What failed.
  package var bits: NanoErrorBits
  /// Which parts of the scan failed, one bit each.
  package var scanCode: UInt8
  /// What the converter failed at.
  package var converterCode: UInt8
  /// What the detector's temperature sensor failed at.
  package var temperatureSensorCode: UInt8
  /// What the humidity sensor failed at.
  package var humiditySensorCode: UInt8
  /// What InnoSpectra's firmware judged, one bit each.
  package var systemCode: UInt8
  /// The codes of the other bits, which no document explains, in the order of their bits.
  private var otherCodes: [8 of Int16]

  /// Reads the reply's data, of which there are at least `byteCountMin` bytes at `offset`.
  package init(parsing bytes: Span<UInt8>, at offset: Int = 0) {
    bits = NanoErrorBits(rawValue: bytes.uint32(at: offset))
    scanCode = bytes[offset + 4]
    converterCode = bytes[offset + 5]
    temperatureSensorCode = bytes[offset + 12]
    humiditySensorCode = bytes[offset + 13]
    systemCode = bytes[offset + 17]
    func code(_ index: Int) -> Int16 { Int16(Int8(bitPattern: bytes[offset + index])) }
    otherCodes = [
      code(6), code(7), bytes.int16(at: offset + 8), code(10), code(11), code(14), code(15),
      code(16),
    ]
  }
}

// MARK: Names

extension NanoErrorStatus {
  /// What failed, one name for each bit and code, as in `lampDriver` or `adcTimeout`.
  package var names: [String] {
    var names: [String] = []
    for bit in 0..<32 where bits.rawValue & (1 << bit) != 0 {
      switch NanoErrorBits(rawValue: 1 << bit) {
      case .scan: names += NanoErrorStatus.names(ofBits: scanCode, scanNames, other: "scan")
      case .converter:
        names.append(NanoErrorStatus.name(ofCode: converterCode, "adc", converterNames))
      case .temperatureSensor:
        names.append(
          NanoErrorStatus.name(ofCode: temperatureSensorCode, "detectorSensor", sensorNames)
        )
      case .humiditySensor:
        names.append(
          NanoErrorStatus.name(ofCode: humiditySensorCode, "humiditySensor", sensorNames)
        )
      case .system: names += NanoErrorStatus.names(ofBits: systemCode, systemNames, other: "system")
      default: names.append(otherName(ofBit: bit))
      }
    }
    return names
  }

  private func otherName(ofBit bit: Int) -> String {
    guard let index = otherNames.firstIndex(where: { $0.bit == bit }) else { return "bit\(bit)" }
    let code = otherCodes[index]
    return code == 0 ? otherNames[index].name : "\(otherNames[index].name)(\(code))"
  }

  private static func name(ofCode code: UInt8, _ part: String, _ names: [String]) -> String {
    guard (1...names.count).contains(Int(code)) else {
      return code == 0 ? part : "\(part)(\(code))"
    }
    return part + names[Int(code) - 1]
  }

  private static func names(
    ofBits code: UInt8,
    _ names: [String],
    other: String
  ) -> [String] {
    var result = names.indices.filter { code & (1 << $0) != 0 }.map { names[$0] }
    let rest = code & ~UInt8(truncatingIfNeeded: (1 << names.count) - 1)
    if rest != 0 || result.isEmpty { result.append(rest == 0 ? other : "\(other)(\(rest))") }
    return result
  }
}

private let scanNames = [
  "dlpBoot", "dlpInitialization", "lampDriver", "imageCrop", "adcData", "configurationInvalid",
  "patternStreaming", "dlpRead",
]
private let converterNames = [
  "Timeout", "PowerDown", "PowerUp", "Standby", "WakeUp", "RegisterRead", "RegisterWrite",
  "Configuration", "Buffer", "Command",
]
private let sensorNames = [
  "ManufacturerID", "DeviceID", "Reset", "Read", "Write", "Timeout", "Bus",
]
private let systemNames = [
  "lampUnstable", "peakUnstable", "adcChip", "autoGain", "repeatsUnstable",
]
private let otherNames: [(bit: Int, name: String)] = [
  (2, "sdCard"), (3, "eeprom"), (4, "bluetooth"), (5, "spectrumLibrary"), (6, "hardware"),
  (9, "batteryEmpty"), (10, "outOfMemory"), (11, "uart"),
]

extension NanoErrorStatus: CustomStringConvertible {
  /// All names and the word itself.
  package var description: String {
    let word = "error bits 0x" + String(bits.rawValue, radix: 16)
    return bits.isEmpty ? word : names.joined(separator: ", ") + " (" + word + ")"
  }
}

extension NanoErrorStatus {
  package static func == (left: NanoErrorStatus, right: NanoErrorStatus) -> Bool {
    let isSame =
      left.bits == right.bits && left.scanCode == right.scanCode
      && left.converterCode == right.converterCode
      && left.temperatureSensorCode == right.temperatureSensorCode
      && left.humiditySensorCode == right.humiditySensorCode && left.systemCode == right.systemCode
    for index in left.otherCodes.indices where left.otherCodes[index] != right.otherCodes[index] {
      return false
    }
    return isSame
  }
}
