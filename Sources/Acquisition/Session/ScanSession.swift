package import Spectra

/// One connection to one scanner, from its identification to the last scan over it.
///
/// `identify` and `prepare` read what does not change; after them a scan of a healthy scanner
/// allocates nothing. An error that leaves the connection usable says so (`AcquisitionError.leavesConnectionUsable`); after any other the
/// session is to be dropped.
package struct ScanSession<Transport: ReportTransport & ~Copyable>: ~Copyable {
  /// How often a question or a file's transfer is begun before it counts as impossible.
  static var attemptsMax: Int { 3 }
  /// In the device's status word: a scan is in progress.
  private static var scanInProgress: UInt32 { 0x02 }

  var link: NanoLink<Transport>
  var options: AcquisitionOptions
  private let stopping: EventDescriptor
  /// What is known about the scanner.
  package var description = ScannerDescription()
  /// Whether it is a device of InnoSpectra, which knows other commands and has fewer sensors.
  var isFromInnoSpectra = false
  /// What is wrong with the scanner, as its last scan and its preparation show.
  package private(set) var health = ScannerHealth()
  /// What is wrong with it whatever a scan says: found while it was prepared.
  var standingHealth = ScannerHealth()
  /// How long the lamp has burnt, where the scanner counts that.
  package var lampUsage: Duration?
  /// The lamp's reading in the factory's reference; 0 when there is none.
  var lampAtReference: UInt16 = 0
  /// What the device thinks a scan takes.
  var estimatedScanTime = Duration.seconds(10)
  /// The last file that was read; the first `fileByteCount` bytes are valid.
  var file = FixedArray<UInt8>(repeating: 0, count: 4096)
  var fileByteCount = 0
  /// The scan counter of the file that the device held before the next scan; nil when none.
  var lastScanIndex: UInt32?
  /// Whether the device may hold another scan than the one with `lastScanIndex`.
  private var isScanIndexDoubtful = true
  /// Whether the device was reset since it was prepared, as its last scan shows.
  private var isPreparationDoubtful = false
  /// The session, in the scan counter's upper half, for which the clock was set a second time.
  private var sessionWithClockSetAgain: UInt32?
  /// When the last scan ended, in nanoseconds of CLOCK_MONOTONIC.
  private var lastScanNanoseconds: UInt64 = 0
  /// Errors stay until they are reset, and would spoil the next scan.
  private var hasErrors = true

  /// Takes over a connected transport; nothing is sent before `identify`.
  package init(
    over transport: consuming Transport,
    options: AcquisitionOptions,
    stopping: EventDescriptor
  ) {
    link = NanoLink(over: transport)
    self.options = options
    self.stopping = stopping
  }

  /// Makes one scan and reads its file; nil when the device is busy and the scan has to wait.
  ///
  /// After it, failed or not, `health` says what is wrong with the scanner.
  package mutating func scan() throws(AcquisitionError) -> ScanArrival? {
    do throws(AcquisitionError) {
      guard try startScan() else { return nil }
    } catch .busy {
      return nil
    } catch {
      throw error
    }
    try awaitIdle()
    // The status shares a buffer with the file, so it is read before the transfer begins.
    let errors = try readErrorStatus()
    health = standingHealth.union(ScannerHealth(errors: errors))
    guard errors.bits.isDisjoint(with: .spoilingScan) else { throw .scanFailed(errors) }
    try readWholeFile(.scan)
    let arrival = ScanArrival(
      time: .now(),
      monotonicNanoseconds: Deadline.now(),
      errorBits: errors.bits
    )
    try accept(errors, at: arrival)
    return arrival
  }

  /// Waits until no scan is in progress, as long as one may take.
  mutating func awaitIdle() throws(AcquisitionError) {
    let deadline = Deadline.after(estimatedScanTime + options.scanTimeoutMargin)
    while true {
      if options.statusPollInterval > .zero { try pause(options.statusPollInterval) }
      do throws(AcquisitionError) {
        guard try isScanInProgress() else { return }
      } catch {
        // The device may be deaf for a while as the scan begins; a late answer is skipped.
        guard error.mayPassWhenAskedAgain, deadline.remainingMilliseconds > 0 else { throw error }
      }
      guard deadline.remainingMilliseconds > 0 else { throw .timeout(command: .startScan) }
    }
  }

  private mutating func isScanInProgress() throws(AcquisitionError) -> Bool {
    let status = try link.readNumber(.readDeviceStatus, timeout: options.commandTimeout)
    return status & Self.scanInProgress != 0
  }

  /// Waits, or throws `stopped` as soon as that is asked for.
  func pause(_ duration: Duration) throws(AcquisitionError) {
    _ = try stopping.waitUnlessRaised(besides: -1, for: 0, until: .after(duration))
  }

  /// What becomes readable between two commands only when the connection is lost.
  var descriptor: Int32 { link.descriptor }

  /// Makes the device forget its errors.
  mutating func resetErrors() throws(AcquisitionError) {
    _ = try link.perform(.resetErrors, timeout: options.commandTimeout)
    hasErrors = false
  }

  /// Starts a scan; returns false, or throws `busy`, when the device is busy.
  private mutating func startScan() throws(AcquisitionError) -> Bool {
    if isPreparationDoubtful {
      try prepareDevice()
      isPreparationDoubtful = false
    }
    if hasErrors { try resetErrors() }
    try refreshScanIndexIfDoubtful()
    // Until this scan is read, nobody knows which one the device holds.
    isScanIndexDoubtful = true
    do throws(AcquisitionError) {
      guard try link.begin(.startScan, 0, timeout: options.slowCommandTimeout) else { return false }
    } catch .timeout(.some), .protocolError {
      // The scan may run although its answer is lost, late or spoilt: the scan counter will tell.
    } catch .commandFailed(let command) {
      // A scan that the scanner's button started has to end first.
      guard try isScanInProgress() else { throw .commandFailed(command) }
      return false
    } catch {
      throw error
    }
    // Nor what goes wrong in it, before its status is read.
    hasErrors = true
    return true
  }

  private mutating func readErrorStatus() throws(AcquisitionError) -> NanoErrorStatus {
    var attempt = 1
    while true {
      do throws(AcquisitionError) {
        let status = try readErrorStatusOnce()
        hasErrors = !status.bits.isEmpty
        return status
      } catch {
        guard error.mayPassWhenAskedAgain, attempt < Self.attemptsMax else { throw error }
        attempt += 1
      }
    }
  }

  private mutating func readErrorStatusOnce() throws(AcquisitionError) -> NanoErrorStatus {
    let command = NanoCommand.readErrorStatus
    let length = try link.perform(command, timeout: options.commandTimeout)
    guard length >= NanoErrorStatus.byteCountMin else {
      throw .protocolError(
        command: command,
        .replyLength(found: length, expected: NanoErrorStatus.byteCountMin)
      )
    }
    return link.reply.withSpan {
      NanoErrorStatus(parsing: $0, at: NanoRequest.headerByteCount)
    }
  }
}

// MARK: The scan counter

extension ScanSession where Transport: ~Copyable {
  /// Other hosts, telephones and the scanner's button can scan while this host is quiet for longer.
  private static var quietTimeMax: Duration { .seconds(5) }

  /// Looks up which scan the device holds, unless that is the one that was read last.
  ///
  /// A scan that fails ends like any other and leaves the old file in place, so the counter of the
  /// file tells a new scan. It would lie if it were compared with that of an older scan than the
  /// one which the device held when the scan began.
  private mutating func refreshScanIndexIfDoubtful() throws(AcquisitionError) {
    let quiet = Duration.nanoseconds(Int64(clamping: Deadline.now() - lastScanNanoseconds))
    guard isScanIndexDoubtful || quiet > Self.quietTimeMax else { return }
    try readLastScanIndex()
    isScanIndexDoubtful = false
  }

  /// Takes the file that was read for the new scan, unless it is the old one.
  private mutating func accept(
    _ errors: NanoErrorStatus,
    at arrival: ScanArrival
  ) throws(AcquisitionError) {
    // What is no scan file at all is left to the decoder, which says what is wrong with it.
    guard let header = withFile({ ScanFileHeader(beginning: $0) }) else { return }
    guard header.scanIndex != lastScanIndex else {
      throw .noNewScan(scanIndex: header.scanIndex)
    }
    noteReset(header)
    lastScanIndex = header.scanIndex
    isScanIndexDoubtful = false
    lastScanNanoseconds = arrival.monotonicNanoseconds
    health = standingHealth.union(
      ScannerHealth(header, errors: errors, lampAtReference: lampAtReference)
    )
  }

  /// Notes when a scan shows that the device was reset or switched off since it was prepared.
  ///
  /// It counts a new session then, and its clock begins at boot time. A clock that stays there
  /// although it was set is not set again in that session.
  private mutating func noteReset(_ header: ScanFileHeader) {
    let session = header.scanIndex >> 16
    if let lastScanIndex, lastScanIndex >> 16 != session { isPreparationDoubtful = true }
    guard header.isAtBootTime, sessionWithClockSetAgain != session else { return }
    isPreparationDoubtful = true
    sessionWithClockSetAgain = session
  }
}

extension AcquisitionError {
  /// Whether a question without effect may get its answer when it is asked again.
  var mayPassWhenAskedAgain: Bool {
    switch self {
    case .timeout(.some), .protocolError, .commandFailed: true
    default: false
    }
  }
}
