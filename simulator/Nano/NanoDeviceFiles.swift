import Spectra

/// Files that the host reads in chunks of 512 bytes.
extension NanoDevice {
  private static let hadamardNoiseBytes = 20_160

  /// Answers the two file commands.
  func fileReply(_ command: NanoCommand, _ parameters: [UInt8], now: UInt64) -> NanoReply {
    command == .fileSize
      ? open(fileType: parameters.littleEndian(at: 0)) : nextChunk(now: now)
  }

  /// The device prepares files in the buffer that it also builds the error status in.
  ///
  /// A host that asks for the error status between a file's size and its first chunk gets a file
  /// whose first bytes are those of the status.
  func spoilUnreadFile(with status: [UInt8]) {
    guard var transfer = state.transfer, transfer.offset == 0 else { return }
    let count = min(status.count, transfer.bytes.count)
    transfer.bytes.replaceSubrange(0..<count, with: status[..<count])
    state.transfer = transfer
  }

  private func open(fileType: UInt8) -> NanoReply {
    let bytes: [UInt8]
    switch fileType {
    case 0: bytes = state.lastScan
    case 2: bytes = referenceFile
    case 3: bytes = ReferenceMatrix.bytes
    case 4: bytes = [UInt8](repeating: 0, count: NanoDevice.hadamardNoiseBytes)
    case 7: bytes = []  // no scan on the storage card
    default: return .ok([])
    }
    state.transfer = Transfer(bytes: bytes, isScan: fileType == 0)
    presence.scanFilePacketsTaken = 0
    var size: [UInt8] = []
    size.append(littleEndian: UInt32(bytes.count))
    return .ok(size)
  }

  private func nextChunk(now: UInt64) -> NanoReply {
    guard var transfer = state.transfer else { return .ok([]) }
    let end = min(transfer.offset + ScanFile.chunkBytes, transfer.bytes.count)
    let chunk = Array(transfer.bytes[transfer.offset..<end])
    if transfer.isScan, !chunk.isEmpty, end == transfer.bytes.count {
      playlist.scanWasRead(now: now)
      isLastScanRead = isLastScanRead || state.running == nil
    }
    transfer.offset = end
    state.transfer = transfer
    return .ok(chunk)
  }

  /// The factory reference: an ordinary scan file named as the factory names it.
  private var referenceFile: [UInt8] {
    var configuration = recording.configuration
    configuration.name = "SystemTest"
    configuration.repeats = 30
    var conditions = ScanFile.Conditions()
    conditions.deviceTime.microsecondsSinceEpoch = DeviceClock.bootMicroseconds
    (conditions.systemHundredths, conditions.detectorHundredths) = (3_000, 2_900)
    conditions.humidityHundredths = 2_000
    // A lamp that was as bright at the factory as in the recording is a healthy one.
    conditions.lampPhotodiode = recording.scans.lazy.compactMap(\.lampPhotodiode).first ?? 3_700
    conditions.scanIndex = 0x0002_0001
    conditions.gain = recording.referenceGain
    let isZero = !faults.measurements(scan: currentScan) { $0 == .zeroReference }.isEmpty
    let reference = recording.reference.map { isZero ? 0 : $0 }
    return ScanFile(
      name: "SystemTest",
      conditions: conditions,
      calibration: recording.calibration,
      serial: serial,
      configuration: configuration,
      words: ScanFile.words(signal: reference, darkLevel: NanoDevice.darkLevel)
    ).bytes
  }
}
