/// Which command does what.
extension NanoDevice {
  /// Runs a command; no reply means that none will ever come.
  func answer(_ request: NanoRequest, now: UInt64) -> (reply: NanoReply?, delay: UInt64) {
    guard let command = NanoCommand(rawValue: request.code), options.maker.knows(command),
      command.isRead == request.isRead
    else { return (.error, 0) }
    let parameters = request.parameters
    switch command {
    case .startScan:
      let reply = startScan(now: now)
      let delay = options.speed.nanoseconds(milliseconds: ScanTiming.startMilliseconds)
      return (reply, reply == .ok([]) && state.controlsLamp ? delay : 0)
    case .reset:
      resetByHost(now: now)
      return (nil, 0)
    case .powerDown:
      fallAsleep(now: now)
      return (nil, 0)
    case .fileSize, .nextChunk: return (fileReply(command, parameters, now: now), 0)
    case .applyConfiguration, .saveConfiguration, .readConfiguration, .configurationCount,
      .activeConfiguration, .setActiveConfiguration, .setRepeats, .eraseConfigurations:
      return (configurationReply(command, parameters), 0)
    case .errorStatus, .clearErrors, .errorBit, .errorCode, .clearErrorBit:
      return (errorReply(command, parameters), 0)
    case .version, .serialNumber, .model, .calibration, .flashChecksum, .testEEPROM, .testADC,
      .testMemory,
      .testTemperatureSensor, .testHumiditySensor, .testStorageCard, .storedScanCount, .nameTag,
      .modelName,
      .hardwareVersion, .uniqueIdentifier, .manufacturingSerial, .isActivated, .lampUsage,
      .hasBluetooth:
      return (identityReply(command), 0)
    default: return (conditionReply(command, parameters, now: now), 0)
    }
  }

  private func identityReply(_ command: NanoCommand) -> NanoReply {
    var data: [UInt8] = []
    switch command {
    case .version:
      for word in options.maker.versionWords { data.append(littleEndian: word) }
    case .serialNumber:
      data.append(text: String(serial.prefix(7)), width: options.maker.serialByteCount)
    case .uniqueIdentifier: data.append(text: serial, width: 8)
    case .manufacturingSerial: data.append(text: serial, width: 20)
    case .hardwareVersion: data.append(text: "F.B.C.A", width: 16)
    case .lampUsage: data.append(littleEndian: UInt64(servedScans) * 2_500)
    case .isActivated: data = [1]
    case .model, .modelName: data.append(text: String(recording.model.prefix(15)), width: 16)
    case .calibration:
      data = recording.calibration.image.bytes
      data += [UInt8](repeating: 0, count: 144 - data.count)
    case .flashChecksum: data.append(littleEndian: UInt32(0x5EC7_2A00))
    case .storedScanCount: data.append(littleEndian: UInt32(0))
    case .nameTag: break
    default: data = [0]  // self tests: passed; no Bluetooth
    }
    return .ok(data)
  }

  private func errorReply(_ command: NanoCommand, _ parameters: [UInt8]) -> NanoReply {
    let mask = parameters.littleEndian(at: 0, as: UInt32.self)
    var data: [UInt8] = []
    switch command {
    case .clearErrors: state.errors = ErrorStatus()
    case .clearErrorBit: state.errors.clear(mask)
    case .errorBit: data = [state.errors.bits & mask == 0 ? 0 : 1]
    case .errorCode:
      guard let code = state.errors.code(sourceNumber: Int(parameters.littleEndian(at: 0) as UInt8))
      else { return .error }
      data.append(littleEndian: code)
    default:
      data = state.errors.bytes
      spoilUnreadFile(with: data)
    }
    return .ok(data)
  }
}
