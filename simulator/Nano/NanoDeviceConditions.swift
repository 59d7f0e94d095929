import Spectra

/// Sensors, clock and switches.
extension NanoDevice {
  /// Answers the commands that read a sensor or set a switch.
  func conditionReply(_ command: NanoCommand, _ parameters: [UInt8], now: UInt64) -> NanoReply {
    let first: UInt8 = parameters.littleEndian(at: 0)
    switch command {
    case .temperature:
      guard !fails(.temperatureSensor) else { return sensor(nil, nil) }
      let detector = scanInView?.detectorHundredths
      return sensor(scanInView?.systemHundredths.map(Int32.init), detector.map(Int32.init))
    case .humidity:
      guard !fails(.humiditySensor) else { return sensor(nil, nil) }
      let humidity = scanInView?.humidityHundredths
      return sensor(scanInView?.systemHundredths.map(Int32.init), humidity.map(Int32.init))
    case .battery: return words([UInt32(412)])
    case .controllerTemperature: return words([Int32(3_150)])
    case .photodetector: return words([0, UInt32(scanInView?.lampPhotodiode ?? 0), 0])
    case .clock: return .ok(DeviceClock.bytes(of: state.clock.time(now: now).calendarTime))
    case .setClock: return setClock(parameters, now: now)
    case .hibernation: return .ok([state.isHibernationEnabled ? 1 : 0])
    case .setHibernation:
      guard first <= 1 else { return .error }
      state.isHibernationEnabled = first == 1
      // This very command makes the window that it falls in an active one.
      if presence.idleWindow != nil { presence.idleWindow = (now, true) }
      return .ok([])
    case .lampControl:
      state.controlsLamp = first != 0
      return .ok([])
    case .gain: return .ok([state.gain])
    case .setGain: return setGain(first)
    case .fixGain: return first == 0 ? .ok([]) : setGain(parameters.littleEndian(at: 1))
    case .deviceStatus: return words([UInt32(state.running == nil ? 0x01 : 0x03)])
    case .scanStatus: return .ok([state.running == nil ? 1 : 0])
    case .estimatedTime: return words([estimatedMilliseconds])
    default: return .ok([])  // lamp power: the virtual lamp needs no switching
    }
  }

  /// The scan whose surroundings the sensors show: the one that was last begun.
  private var scanInView: PlayableScan? {
    recording.scans.isEmpty ? nil : recording.scans[viewedIndex]
  }

  /// Whether the fault script has this sensor fail in the present scan.
  private func fails(_ sensor: MeasurementFault) -> Bool {
    !faults.measurements(scan: currentScan) { $0 == sensor }.isEmpty
  }

  private func setClock(_ parameters: [UInt8], now: UInt64) -> NanoReply {
    guard state.clock.set(parameters, now: now) else { return .error }
    state.isClockLost = false
    return .ok([])
  }

  private func setGain(_ gain: UInt8) -> NanoReply {
    guard [1, 2, 4, 8, 16, 32, 64].contains(gain) else { return .error }
    state.gain = gain
    return .ok([])
  }

  private func words(_ values: [some FixedWidthInteger]) -> NanoReply {
    var data: [UInt8] = []
    for value in values { data.append(littleEndian: value) }
    return .ok(data)
  }

  /// Two readings, or the four bytes that the device sends when a sensor fails.
  private func sensor(_ first: Int32?, _ second: Int32?) -> NanoReply {
    guard let first, let second else { return words([Int32(-1)]) }
    return words([first, second])
  }
}
