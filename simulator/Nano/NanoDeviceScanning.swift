/// Scans from their start to the file that the host reads.
extension NanoDevice {
  /// The dark level of every virtual scan in counts.
  static let darkLevel: Int32 = 30_000
  /// The converter has 24 bits with sign; no signal is larger than this many counts.
  private static let countLimit = 8_388_607.0

  /// Command 02/18: begins the next recorded scan.
  func startScan(now: UInt64) -> NanoReply {
    guard state.running == nil else { return .error }
    guard isScannable else {
      // As on the device a scan that cannot be made ends at once and leaves the old file.
      state.errors.note(.scan, code: ErrorStatus.configurationInvalid)
      return .ok([])
    }
    switch playlist.next(now: now) {
    case .busy: return .busy
    case .scan(let index):
      begin(index: index, now: now)
      return .ok([])
    }
  }

  /// Whether a scan with the active configuration can be made at all.
  var isScannable: Bool {
    state.repeats >= 1 && state.activeConfiguration.sections.allSatisfy { $0.kind == .column }
  }

  private func begin(index: Int, now: UInt64) {
    let duration = options.speed.nanoseconds(milliseconds: estimatedMilliseconds)
    var running = RunningScan(index: index, start: now, end: now + duration)
    servedScans += 1
    (viewedIndex, isLastScanRead) = (index, false)
    if faults.takeLostClock(scan: servedScans) {
      state.clock = DeviceClock(showing: options.maker.bootTime, now: now)
      state.isClockLost = true
    }
    if let (source, code, keepsScan) = faults.takeFailure(scan: servedScans) {
      (running.failure, running.isKept) = ((source, code), keepsScan)
    }
    state.running = running
  }

  /// Makes the file of a scan whose time has come.
  func finishDueScan(now: UInt64) {
    guard let running = state.running, running.end <= now else { return }
    state.running = nil
    if let (source, code) = running.failure {
      // As on the device a scan that fails ends like any other and leaves the old file.
      state.errors.note(source, code: code)
    } else {
      state.lastScan = file(of: recording.scans[running.index], now: now).bytes
    }
    conclude(running, now: now)
  }

  /// Goes on in the recording after a scan, whatever has come of it.
  func conclude(_ running: RunningScan, now: UInt64) {
    if running.isKept { return playlist.takeBack(index: running.index) }
    playlist.finished(index: running.index, now: now)
    if playlist.isExhausted { note(.exhausted(scans: servedScans)) }
  }

  private func file(of scan: PlayableScan, now: UInt64) -> ScanFile {
    var configuration = state.activeConfiguration
    configuration.repeats = scan.repeats ?? state.repeats
    var conditions = ScanFile.Conditions()
    let recordedTime = state.isClockLost ? nil : scan.deviceTime
    conditions.deviceTime = recordedTime ?? state.clock.time(now: now)
    conditions.systemHundredths = scan.systemHundredths ?? 0
    conditions.detectorHundredths = scan.detectorHundredths ?? 0
    conditions.humidityHundredths = scan.humidityHundredths ?? 0
    conditions.lampPhotodiode = scan.lampPhotodiode ?? 0
    conditions.scanIndex = nextScanIndex(recorded: scan.scanIndex)
    conditions.gain = scan.gain
    state.gain = max(1, scan.gain)
    let spoilt = faults.measurements(scan: servedScans) { $0 != .zeroReference }
    NanoDevice.spoil(&conditions, spoilt)
    let signal = NanoDevice.spoilt(signal(of: scan), spoilt)
    var file = ScanFile(
      name: configuration.name,
      conditions: conditions,
      calibration: recording.calibration,
      serial: serial,
      configuration: configuration,
      words: ScanFile.words(signal: signal, darkLevel: NanoDevice.darkLevel)
    )
    if spoilt.contains(.staleData) { file.staleSeed = UInt64(servedScans) }
    return file
  }

  /// Hosts tell a new scan from an old one by its number, so no two in a row may be equal.
  private func nextScanIndex(recorded: UInt32?) -> UInt32 {
    let last = lastScanIndex ?? 0
    let counted = last >> 16 == session ? last &+ 1 : session << 16 | 1
    let index = recorded == lastScanIndex ? counted : recorded ?? counted
    lastScanIndex = index
    return index
  }

  /// What a header says when sensors fail.
  private static func spoil(_ conditions: inout ScanFile.Conditions, _ faults: [MeasurementFault]) {
    if faults.contains(.temperatureSensor) { conditions.detectorHundredths = -1 }
    if faults.contains(.gainFailure) { conditions.gain = 0 }
    if faults.contains(.humiditySensor) {
      (conditions.systemHundredths, conditions.humidityHundredths) = (-1, .max)
    }
  }

  /// The signal with too much or too little light.
  private static func spoilt(_ signal: [Int32], _ faults: [MeasurementFault]) -> [Int32] {
    faults.reduce(signal) { signal, fault in
      switch fault {
      case .saturation:
        // The words of the file, dark level included, lie at the limit.
        signal.map { _ in Int32(countLimit) - ScanFile.level(darkLevel, pointCount: signal.count) }
      case .lowLight(let divisor): signal.map { $0 / divisor }
      default: signal
      }
    }
  }

  /// The signal under the active configuration; exactly the recorded one when that is the same.
  private func signal(of scan: PlayableScan) -> [Int32] {
    let active = state.activeConfiguration
    guard !active.measuresSamePoints(as: recording.configuration),
      let recorded = recording.calibration.nanometres(of: recording.configuration.sections)
    else { return scan.signal }
    let recordedLight = ReferenceMatrix.light(
      widthPixels: recording.configuration.sections[0].widthPixels
    )
    return active.sections.flatMap { section in
      let wanted = recording.calibration.nanometres(of: [section]) ?? []
      let light = ReferenceMatrix.light(widthPixels: section.widthPixels) / recordedLight
      return Interpolation.values(
        at: wanted,
        positions: recorded,
        values: scan.signal.map(Double.init)
      ).map { Int32(min(max($0 * light, -NanoDevice.countLimit), NanoDevice.countLimit).rounded()) }
    }
  }
}
