/// The commands that the virtual scanner knows, group in the upper byte.
package enum NanoCommand: UInt16, CaseIterable, Sendable {
  case flashChecksum = 0x0015
  case fileSize = 0x002D
  case nextChunk = 0x002E
  case isActivated = 0x0081
  case testEEPROM = 0x0101
  case testADC = 0x0102
  case testMemory = 0x0104
  case lampPower = 0x0105
  case testTemperatureSensor = 0x0106
  case testHumiditySensor = 0x0107
  case testStorageCard = 0x0109
  case version = 0x0216
  case startScan = 0x0218
  case scanStatus = 0x0219
  case reset = 0x021A
  case setGain = 0x021B
  case applyConfiguration = 0x021E
  case saveConfiguration = 0x021F
  case readConfiguration = 0x0220
  case eraseConfigurations = 0x0221
  case configurationCount = 0x0222
  case activeConfiguration = 0x0223
  case setActiveConfiguration = 0x0224
  case lampControl = 0x0225
  case gain = 0x0228
  case calibration = 0x022A
  case setRepeats = 0x022E
  case serialNumber = 0x0233
  case nameTag = 0x0234
  case estimatedTime = 0x0237
  case model = 0x023C
  case lampUsage = 0x0280
  case hasBluetooth = 0x0290
  case temperature = 0x0300
  case humidity = 0x0302
  case setClock = 0x0309
  case battery = 0x030A
  case controllerTemperature = 0x030B
  case clock = 0x030C
  case powerDown = 0x030D
  case setHibernation = 0x030E
  case hibernation = 0x030F
  case manufacturingSerial = 0x03EF
  case modelName = 0x03FD
  case hardwareVersion = 0x03FE
  case uniqueIdentifier = 0x03FF
  case storedScanCount = 0x0400
  case photodetector = 0x0402
  case deviceStatus = 0x0403
  case errorStatus = 0x0404
  case clearErrors = 0x0405
  case errorBit = 0x0406
  case errorCode = 0x0407
  case clearErrorBit = 0x0408
  case fixGain = 0x040C

  /// Whether hosts send it as a read; the other way the device refuses it.
  package var isRead: Bool {
    switch self {
    case .lampPower, .startScan, .reset, .setGain, .applyConfiguration, .saveConfiguration,
      .setActiveConfiguration, .lampControl, .setRepeats, .nameTag, .setClock, .setHibernation,
      .clearErrors, .clearErrorBit, .fixGain, .eraseConfigurations, .powerDown:
      false
    default: true
    }
  }
}
