/// Scans from their start to the file that the host reads.
extension NanoDevice {
  /// The dark level of every virtual scan in counts.
  static let darkLevel: Int32 = 30_000
  /// The converter has 24 bits with sign; no signal is larger than this many counts.
  private static let countLimit = 8_388_607.0

  /// Command 02/18: begins the next recorded scan.
  func startScan(now: UInt64) -> NanoReply {
    guard state.running == nil else { return .error }
    let isScannable = state.activeConfiguration.sections.allSatisfy { $0.kind == .column }
    guard isScannable, state.repeats >= 1 else {
      // As on the device a scan that cannot be made ends at once and leaves the old file.
      state.errors.note(.scan, code: ErrorStatus.configurationInvalid)
      return .ok([])
    }
    switch playlist.next(now: now) {
    case .busy: return .busy
    case .scan(let index):
      let duration = options.speed.nanoseconds(milliseconds: estimatedMilliseconds)
      state.running = RunningScan(index: index, end: now + duration)
      servedScans += 1
      return .ok([])
    }
  }

  /// Makes the file of a scan whose time has come.
  func finishDueScan(now: UInt64) {
    guard let running = state.running, running.end <= now else { return }
    state.running = nil
    let scan = recording.scans[running.index]
    state.lastScan = file(of: scan, now: now).bytes
    playlist.finished(index: running.index, now: now)
    if playlist.isExhausted { note(.exhausted(scans: servedScans)) }
  }

  private func file(of scan: PlayableScan, now: UInt64) -> ScanFile {
    var configuration = state.activeConfiguration
    configuration.repeats = scan.repeats ?? state.repeats
    var conditions = ScanFile.Conditions()
    conditions.deviceTime = scan.deviceTime ?? state.clock.time(now: now)
    conditions.systemHundredths = scan.systemHundredths ?? 0
    conditions.detectorHundredths = scan.detectorHundredths ?? 0
    conditions.humidityHundredths = scan.humidityHundredths ?? 0
    conditions.lampPhotodiode = scan.lampPhotodiode ?? 0
    conditions.scanIndex = nextScanIndex(recorded: scan.scanIndex)
    conditions.gain = scan.gain
    state.gain = max(1, scan.gain)
    return ScanFile(
      name: configuration.name,
      conditions: conditions,
      calibration: recording.calibration,
      serial: serial,
      configuration: configuration,
      words: ScanFile.words(signal: signal(of: scan), darkLevel: NanoDevice.darkLevel)
    )
  }

  /// Hosts tell a new scan from an old one by its number, so no two in a row may be equal.
  private func nextScanIndex(recorded: UInt32?) -> UInt32 {
    let counted = (state.lastScanIndex ?? 0x0001_0000) &+ 1
    let index = recorded == state.lastScanIndex ? counted : recorded ?? counted
    state.lastScanIndex = index
    return index
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
