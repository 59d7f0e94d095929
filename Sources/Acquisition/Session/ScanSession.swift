internal import Spectra

/// One connection to one scanner, from its identification to the last scan over it.
///
/// Opening it reads what does not change; after that a scan allocates nothing. An error that leaves
/// the connection usable says so (`AcquisitionError.leavesConnectionUsable`); after any other the
/// session is to be dropped.
struct ScanSession<Transport: ReportTransport & ~Copyable>: ~Copyable {
  /// How often the transfer of a scan file is begun before it counts as impossible.
  private static var fileAttemptsMax: Int { 3 }
  /// In the device's status word: a scan is in progress.
  private static var scanInProgress: UInt32 { 0x02 }

  var link: NanoLink<Transport>
  let options: AcquisitionOptions
  private let stopping: EventDescriptor
  /// What is known about the scanner.
  var description = ScannerDescription()
  /// The scan counter of the last scan file; nil when the device has none.
  var lastScanIndex: UInt32?
  /// What the device thinks a scan takes.
  var estimatedScanTime = Duration.seconds(10)
  private var file = FixedArray<UInt8>(repeating: 0, count: 4096)
  private var fileByteCount = 0
  /// Errors stay until they are reset, and would spoil the next scan.
  private var hasErrors = true

  /// Takes over a connected transport; nothing is sent before `open`.
  init(
    over transport: consuming Transport,
    options: AcquisitionOptions,
    stopping: EventDescriptor
  ) {
    link = NanoLink(over: transport)
    self.options = options
    self.stopping = stopping
  }

  /// Makes one scan and reads its file; nil when the device is busy and the scan has to wait.
  mutating func scan() throws(AcquisitionError) -> ScanArrival? {
    if hasErrors { try resetErrors() }
    guard try link.begin(.startScan, 0, timeout: options.slowCommandTimeout) else { return nil }
    try awaitIdle()
    // The status shares a buffer with the file, so it is read before the transfer begins.
    let errorBits = try readErrorStatus()
    try readScanFile()
    let arrival = ScanArrival(
      time: .now(),
      monotonicNanoseconds: Deadline.now(),
      errorBits: errorBits
    )
    try checkScanIndex()
    return arrival
  }

  /// Lends the last file.
  func withFile<Result, Failure: Error>(
    _ use: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try file.withSpan { span throws(Failure) in try use(span.extracting(0..<fileByteCount)) }
  }

  /// What becomes readable between two commands only when the connection is lost.
  var descriptor: Int32 { link.descriptor }

  /// Sends a command that does nothing, so that the device does not go to sleep.
  mutating func keepAwake() throws(AcquisitionError) {
    _ = try readDeviceStatus()
  }

  /// Waits until no scan is in progress, as long as one may take.
  mutating func awaitIdle() throws(AcquisitionError) {
    let deadline = Deadline.after(estimatedScanTime + options.scanTimeoutMargin)
    while true {
      if options.statusPollInterval > .zero { try pause(options.statusPollInterval) }
      do throws(AcquisitionError) {
        if try readDeviceStatus() & Self.scanInProgress == 0 { return }
      } catch .timeout(.some(let command)) {
        // The device may be deaf for a while as the scan begins; a late answer is skipped.
        guard deadline.remainingMilliseconds > 0 else { throw .timeout(command: command) }
      } catch {
        throw error
      }
      guard deadline.remainingMilliseconds > 0 else { throw .timeout(command: .startScan) }
    }
  }

  /// Waits, or throws `stopped` as soon as that is asked for.
  func pause(_ duration: Duration) throws(AcquisitionError) {
    _ = try stopping.waitUnlessRaised(besides: -1, for: 0, until: .after(duration))
  }

  /// Makes the device forget its errors.
  mutating func resetErrors() throws(AcquisitionError) {
    _ = try link.perform(.resetErrors, timeout: options.commandTimeout)
    hasErrors = false
  }

  private mutating func readDeviceStatus() throws(AcquisitionError) -> UInt32 {
    try link.readNumber(.readDeviceStatus, timeout: options.commandTimeout)
  }

  private mutating func readErrorStatus() throws(AcquisitionError) -> NanoErrorBits {
    let command = NanoCommand.readErrorStatus
    let length = try link.perform(command, timeout: options.commandTimeout)
    guard length >= NanoErrorStatus.byteCountMin else {
      throw .protocolError(
        command: command,
        .replyLength(found: length, expected: NanoErrorStatus.byteCountMin)
      )
    }
    let status = link.reply.withSpan {
      NanoErrorStatus(parsing: $0, at: NanoRequest.headerByteCount)
    }
    hasErrors = !status.bits.isEmpty
    guard status.bits.isDisjoint(with: .spoilingScan) else {
      throw .scanFailed(errorBits: status.bits.rawValue, scanCode: status.scanCode)
    }
    return status.bits
  }

  /// A scan that failed ends like any other and leaves the old file in place.
  private mutating func checkScanIndex() throws(AcquisitionError) {
    guard let index = scanIndexOfFile() else { return }
    guard index != lastScanIndex else { throw .noNewScan(scanIndex: index) }
    lastScanIndex = index
  }
}

// MARK: Files

extension ScanSession where Transport: ~Copyable {
  /// Reads the scan file, from its beginning again where a packet is lost on the way.
  private mutating func readScanFile() throws(AcquisitionError) {
    var attempt = 1
    while true {
      do throws(AcquisitionError) {
        return try readFile(.scan)
      } catch .timeout(.some(let command)) {
        guard attempt < Self.fileAttemptsMax else { throw .timeout(command: command) }
      } catch .protocolError(let command, let violation) {
        guard attempt < Self.fileAttemptsMax else {
          throw .protocolError(command: command, violation)
        }
      } catch {
        throw error
      }
      attempt += 1
      try link.drain(for: options.drainTimeout)
    }
  }

  /// Reads a whole file; no other command may come between its chunks.
  mutating func readFile(_ kind: NanoFile) throws(AcquisitionError) {
    let size = try beginFile(kind)
    fileByteCount = 0
    while fileByteCount < size {
      let length = try link.perform(.readFileChunk, timeout: options.commandTimeout)
      let expected = min(NanoRequest.payloadByteCountMax, size - fileByteCount)
      guard length == expected else {
        throw .protocolError(
          command: .readFileChunk,
          .replyLength(found: length, expected: expected)
        )
      }
      link.copyReply(length, to: &file, at: fileByteCount)
      fileByteCount += length
    }
  }

  /// Empties the file, as for one that the device does not have.
  mutating func fileIsMissing() { fileByteCount = 0 }

  /// Reads the counter of the scan that the device still holds, from the file's first chunk.
  mutating func readLastScanIndex() throws(AcquisitionError) {
    fileByteCount = 0
    lastScanIndex = nil
    do throws(AcquisitionError) {
      _ = try beginFile(.scan)
      let length = try link.perform(.readFileChunk, timeout: options.commandTimeout)
      link.copyReply(length, to: &file, at: 0)
      fileByteCount = length
      lastScanIndex = scanIndexOfFile()
    } catch .commandFailed, .protocolError {
      // A device that has not scanned since it was switched on may have no file.
      return
    } catch {
      throw error
    }
  }

  private mutating func beginFile(_ kind: NanoFile) throws(AcquisitionError) -> Int {
    let command = NanoCommand.beginFile
    let size = Int(
      try link.readNumber(command, kind.rawValue, timeout: options.slowCommandTimeout)
    )
    guard size >= kind.byteCountMin, size <= file.count else {
      throw .protocolError(command: command, .fileSize(found: size, expected: kind.byteCountMin))
    }
    return size
  }

  private func scanIndexOfFile() -> UInt32? {
    withFile { bytes in
      guard bytes.count >= ScanFile.scanIndexOffset + 4,
        SerializedImage.plainScan.matchesFormat(of: bytes)
      else { return nil }
      return bytes.uint32(at: ScanFile.scanIndexOffset)
    }
  }
}
