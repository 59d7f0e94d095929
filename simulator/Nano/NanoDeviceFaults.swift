/// Which scan a moment belongs to, and what the fault script has for it.
extension NanoDevice {
  /// The scan that `request` belongs to, counted from 1 over the device's life.
  ///
  /// A scan's span ends when its file was read, so that what a host asks before it starts the next
  /// one belongs to that one already.
  func scanNumber(of request: NanoRequest) -> Int {
    request.code == NanoCommand.startScan.rawValue ? servedScans + 1 : currentScan
  }

  /// The scan whose span the present is in.
  var currentScan: Int { servedScans + (isLastScanRead ? 1 : 0) }

  /// Which chunk of the last scan's file `request` asks for, counted from 1; nil for all others.
  func chunkNumber(of request: NanoRequest) -> Int? {
    guard request.code == NanoCommand.nextChunk.rawValue, request.isRead, servedScans > 0,
      state.running == nil, let transfer = state.transfer, transfer.isScan,
      transfer.offset < transfer.bytes.count
    else { return nil }
    return transfer.offset / ScanFile.chunkBytes + 1
  }

  /// What happens to the reply to `request`.
  func takeDamage(
    of request: NanoRequest,
    scan: Int,
    chunk: Int?,
    now: UInt64
  ) -> ReplyFault.Damage? {
    // A start that is refused anyway is no start of that scan.
    let isNoStart =
      request.code == NanoCommand.startScan.rawValue && !isReadyToStart(now: now)
    let taken = faults.takeDamage(
      command: isNoStart ? nil : request.code,
      // The file of a scan is read before its span is over, whoever reads it again.
      scan: chunk == nil ? scan : servedScans,
      chunk: chunk,
      now: now
    )
    if taken?.keepsScan == true { keepLastScan() }
    return taken?.damage
  }

  /// Whether a start-scan command would begin a recorded scan now.
  func isReadyToStart(now: UInt64) -> Bool {
    state.running == nil && isScannable && playlist.isReady(now: now)
  }

  /// Serves the recorded scan in hand again; without one nothing is lost.
  func keepLastScan() {
    guard servedScans > 0 else { return }
    if state.running != nil {
      state.running?.isKept = true
    } else if !isLastScanRead {
      playlist.takeBack(index: viewedIndex)
    }
  }

  /// Leaves the bus in place of a scan's start; false when that is not due.
  func leavesInsteadOfStarting(_ request: NanoRequest, now: UInt64) -> Bool {
    guard request.code == NanoCommand.startScan.rawValue, isReadyToStart(now: now) else {
      return false
    }
    return leave(scan: servedScans + 1, .beforeStart, now: now)
  }

  /// Leaves the bus when the host has taken as much of a scan's file as a fault says.
  func leaveIfFileWasReadSoFar(now: UInt64) {
    leave(scan: servedScans, .afterPackets(presence.scanFilePacketsTaken), now: now)
  }

  /// Leaves the bus if a fault says so for this moment.
  @discardableResult
  func leave(scan: Int, _ moment: DepartureFault.Moment, now: UInt64) -> Bool {
    guard let (departure, keepsScan) = faults.takeDeparture(scan: scan, moment) else {
      return false
    }
    if keepsScan { keepLastScan() }
    let end = departure.absenceNanoseconds.map { now + $0 }
    depart(until: end, losesPower: departure.cause != .unplug, now: now)
    return true
  }
}
