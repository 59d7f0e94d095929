import Logging
import Spectra

/// Records every decoded scan with the prediction that was made of it.
///
/// One file for each scanner, wavelength grid and start of the daemon. A file that cannot be
/// written is reported once and tried again with each sample; predictions go on.
// SAFETY (Sendable): used by the publishing thread alone.
final class ScanRecorder: @unchecked Sendable {
  private let folder: String
  private let started: Timestamp
  private let logger: Logger
  private var files: [String: RecordingFile] = [:]

  private enum RecordingFile {
    case open(RecordingInProgress)
    /// Until this sample has passed.
    case failed(sampleId: String)
  }

  init(folder: String, logger: Logger) {
    (self.folder, self.logger) = (folder, logger)
    started = Timestamp.now()
  }

  /// Appends a scan to its scanner's recording.
  func record(
    _ frame: borrowing ScanFrame,
    prediction: Prediction,
    scanner: ScannerDescription
  ) {
    let name = prediction.scanner
    do throws(RecordingError) {
      guard let recording = try recording(of: prediction, frame, scanner) else { return }
      try recording.writer.append(Scan(frame, sample: prediction.sample), prediction: prediction)
    } catch {
      let isNew = if case .failed = files[name] { false } else { true }
      files[name] = .failed(sampleId: prediction.sampleId)
      guard isNew else { return }
      logger.error(
        "scans are not recorded: \(error); trying again with each sample, predictions go on",
        metadata: ["scanner": "\(name)"]
      )
    }
  }

  private func recording(
    of prediction: Prediction,
    _ frame: borrowing ScanFrame,
    _ scanner: ScannerDescription
  ) throws(RecordingError) -> RecordingInProgress? {
    let name = prediction.scanner
    switch files[name] {
    case .failed(prediction.sampleId): return nil
    case .open(let recording) where recording.gridRevision == frame.header.gridRevision:
      return recording
    case .open, .failed, nil: break
    }
    let wavelengths = (0..<frame.header.pointCount).map { frame.wavelengthsNanometres[$0] }
    // What a file name cannot hold well becomes a dash: an address has slashes and colons.
    let plainName = String(name.map { $0.isLetter || $0.isNumber ? $0 : "-" })
    let plainTime = String(started.description.prefix(19).filter { $0 != ":" && $0 != "-" })
    let grid = String(frame.header.gridRevision, radix: 16)
    let recording = RecordingInProgress(
      gridRevision: frame.header.gridRevision,
      writer: try NativeRecordingWriter(
        path: "\(folder)/\(plainName)-\(plainTime)-grid\(grid).scans.ndjson",
        wavelengthsNanometres: wavelengths,
        scanner: scanner
      )
    )
    files[name] = .open(recording)
    logger.info("recording to \(recording.writer.path)", metadata: ["scanner": "\(name)"])
    return recording
  }
}

/// One open recording.
private final class RecordingInProgress {
  let gridRevision: UInt64
  let writer: NativeRecordingWriter

  init(gridRevision: UInt64, writer: consuming NativeRecordingWriter) {
    self.gridRevision = gridRevision
    self.writer = writer
  }
}
