/// Stored and active scan configurations.
extension NanoDevice {
  private static let storedLimit = 20

  /// What a virtual scanner has stored when it is first switched on.
  ///
  /// The recording's own configuration, a copy of it (some hosts always choose index 1) and the
  /// Hadamard configuration that real units ship with, which this scanner cannot scan.
  static func factoryConfigurations(for recording: PlayableRecording) -> [ScanConfiguration] {
    var copy = recording.configuration
    (copy.name, copy.identifier) = ("Column 2", recording.configuration.identifier &+ 1)
    let hadamard = ScanConfiguration(
      layout: recording.configuration.layout,
      identifier: recording.configuration.identifier &+ 2,
      serial: recording.serial,
      name: "Hadamard 1",
      repeats: 6,
      sections: [
        ScanSection(
          kind: .hadamard,
          widthPixels: 6,
          startNanometres: 900,
          endNanometres: 1700,
          points: 228
        )
      ]
    )
    return [recording.configuration, copy, hadamard]
  }

  /// Answers the configuration commands.
  func configurationReply(_ command: NanoCommand, _ parameters: [UInt8]) -> NanoReply {
    let index = Int(parameters.littleEndian(at: 0) as UInt8)
    switch command {
    case .configurationCount: return .ok([UInt8(storedConfigurations.count)])
    case .activeConfiguration: return .ok([UInt8(activeIndex)])
    case .setRepeats:
      state.repeats = parameters.littleEndian(at: 0)
      return .ok([])
    case .readConfiguration:
      guard let configuration = stored(at: index) else { return .error }
      var data: [UInt8] = []
      data.append(littleEndian: UInt32(configuration.bytes.count))
      return .ok(data + configuration.bytes)
    case .setActiveConfiguration:
      guard let configuration = stored(at: index) else { return .error }
      activeIndex = index
      return activate(configuration)
    case .eraseConfigurations:
      (storedConfigurations, activeIndex) = ([storedConfigurations[0]], 0)
      return .ok([])
    case .saveConfiguration: return save(Array(parameters.dropFirst(2)), at: index)
    default:
      guard let configuration = ScanConfiguration(parsing: parameters) else { return .error }
      return activate(configuration)
    }
  }

  /// How many patterns the active configuration shows, or nil when it leaves the mirror array.
  var activePatternCount: Int? { patternCount(of: state.activeConfiguration) }

  /// What command 02/37 answers, in milliseconds.
  var estimatedMilliseconds: UInt32 {
    ScanTiming.milliseconds(
      patternCount: activePatternCount ?? 0,
      repeats: Int(state.repeats),
      deviceControlsLamp: state.controlsLamp
    )
  }

  private func stored(at index: Int) -> ScanConfiguration? {
    guard storedConfigurations.indices.contains(index) else {
      state.errors.note(.eeprom, code: 1)
      return nil
    }
    return storedConfigurations[index]
  }

  private func activate(_ configuration: ScanConfiguration) -> NanoReply {
    guard let count = patternCount(of: configuration),
      count <= ScanConfiguration.patternLimit
    else { return .error }
    state.activeConfiguration = configuration
    state.repeats = configuration.repeats
    var data: [UInt8] = []
    data.append(littleEndian: Int32(count))
    return .ok(data)
  }

  private func save(_ bytes: [UInt8], at index: Int) -> NanoReply {
    guard var configuration = ScanConfiguration(parsing: bytes),
      index <= storedConfigurations.count, index < NanoDevice.storedLimit
    else { return .error }
    configuration.serial = serial
    configuration.identifier = recording.configuration.identifier &+ UInt16(index)
    if index == storedConfigurations.count {
      storedConfigurations.append(configuration)
    } else {
      storedConfigurations[index] = configuration
    }
    return .ok([])
  }

  private func patternCount(of configuration: ScanConfiguration) -> Int? {
    var total = 0
    for section in configuration.sections {
      guard let columns = recording.calibration.columns(of: section) else { return nil }
      switch section.kind {
      case .column: total += columns.count
      case .hadamard:
        let count = HadamardPatterns.count(columns: columns, widthPixels: section.widthPixels)
        guard let count else { return nil }
        total += count
      }
    }
    return total
  }
}
