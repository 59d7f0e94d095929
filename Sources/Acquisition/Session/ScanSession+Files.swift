internal import Spectra

extension ScanSession where Transport: ~Copyable {
  /// Lends the last file.
  package func withFile<Result, Failure: Error>(
    _ use: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try file.withSpan { span throws(Failure) in try use(span.extracting(0..<fileByteCount)) }
  }

  /// Empties the file, as for one that the device does not have.
  mutating func fileIsMissing() { fileByteCount = 0 }

  /// Reads a whole file, from its beginning again where a packet is lost on the way.
  mutating func readWholeFile(_ kind: NanoFile) throws(AcquisitionError) {
    for attempt in 1...Self.attemptsMax {
      do throws(AcquisitionError) {
        return try readFile(kind)
      } catch .stopped {
        throw .stopped
      } catch {
        guard attempt < Self.attemptsMax, error.mayPassOnNextTransfer else { throw error }
      }
      try link.drain(for: options.drainTimeout)
    }
  }

  /// Reads the counter of the scan that the device holds, from the file's first chunk.
  ///
  /// There is none before a device's first scan since it was switched on.
  mutating func readLastScanIndex() throws(AcquisitionError) {
    for attempt in 1...Self.attemptsMax {
      do throws(AcquisitionError) {
        lastScanIndex = try readScanIndex()
        return
      } catch .protocolError(.beginFile, .fileSize) {
        lastScanIndex = nil
        return
      } catch .commandFailed where attempt == Self.attemptsMax {
        lastScanIndex = nil
        return
      } catch {
        guard attempt < Self.attemptsMax, error.mayPassOnNextTransfer else { throw error }
      }
      try link.drain(for: options.drainTimeout)
    }
  }

  private mutating func readScanIndex() throws(AcquisitionError) -> UInt32? {
    fileByteCount = 0
    let size = try beginFile(.scan)
    try readChunk(upTo: size)
    return withFile { ScanFileHeader(beginning: $0) }?.scanIndex
  }

  /// Reads a whole file; no other command may come between its chunks.
  private mutating func readFile(_ kind: NanoFile) throws(AcquisitionError) {
    let size = try beginFile(kind)
    fileByteCount = 0
    while fileByteCount < size { try readChunk(upTo: size) }
  }

  private mutating func readChunk(upTo size: Int) throws(AcquisitionError) {
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
}

extension AcquisitionError {
  /// Whether a transfer that ended so may succeed when it is begun anew.
  fileprivate var mayPassOnNextTransfer: Bool {
    switch self {
    case .timeout(.some), .protocolError, .commandFailed: true
    default: false
    }
  }
}
