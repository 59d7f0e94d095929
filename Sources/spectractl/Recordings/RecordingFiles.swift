package import Spectra
package import Varlink

/// Scans on their way into native recordings: one file for each scanner and wavelength grid.
///
/// The first file has the name that was asked for, the others a number behind it.
package struct RecordingFiles {
  /// How the files come into being.
  package enum Manner: Sendable {
    /// Scan by scan; what a file of the name holds already is kept when it fits.
    case appending
    /// As drafts that get their names together at the end, in place of older files.
    case replacing
  }

  private let path: String
  private let manner: Manner
  private var files: [[UInt8]: RecordingInProgress] = [:]
  private var order: [RecordingInProgress] = []

  /// A file that nobody would look through any more.
  private static let filesMax = 256

  /// Begins without any file; `path` ends in `.scans.ndjson`.
  package init(path: String, _ manner: Manner) { (self.path, self.manner) = (path, manner) }

  /// The ending of a native recording's name.
  package static let ending = ".scans.ndjson"

  /// How many scans were written to each file so far, in the order of the files.
  package var counts: [(path: String, scans: Int)] { order.map { ($0.path, $0.scanCount) } }

  /// How many scans were written.
  package var scanCount: Int { order.map(\.scanCount).reduce(0, +) }

  /// The name of the file of the grid that came as number `index`, counted from 0.
  package static func name(_ path: String, index: Int) -> String {
    guard index > 0 else { return path }
    let stem = path.hasSuffix(ending) ? String(path.dropLast(ending.utf8.count)) : path
    return "\(stem)-\(index + 1)\(ending)"
  }

  /// Writes a scan to the file of its grid.
  package mutating func append(
    _ scan: Scan,
    grid: SpectradInterface.Grid,
    prediction: Spectra.Prediction? = nil
  ) throws(RecordingError) {
    try file(of: grid).append(scan, prediction: prediction)
  }

  /// Returns when everything is on the disk, and under its own name.
  package mutating func finish() throws {
    for file in order { try file.synchronize() }
    guard case .replacing = manner else { return }
    for file in order { try WholeFile.publish(WholeFile.draft(of: file.path), as: file.path) }
  }

  /// Removes drafts that did not get their names.
  package mutating func discard() {
    guard case .replacing = manner else { return }
    for file in order { WholeFile.remove(WholeFile.draft(of: file.path)) }
  }

  private mutating func file(
    of grid: SpectradInterface.Grid
  ) throws(RecordingError) -> RecordingInProgress {
    let header = Recording.nativeHeader(
      wavelengthsNanometres: grid.wavelengthsNanometres,
      scanner: grid.scannerDescription
    )
    if let file = files[header] { return file }
    let file = try newFile(grid)
    files[header] = file
    order.append(file)
    return file
  }

  private func newFile(
    _ grid: SpectradInterface.Grid
  ) throws(RecordingError) -> RecordingInProgress {
    var index = order.count
    while true {
      let path = RecordingFiles.name(path, index: index)
      if case .replacing = manner {
        return try RecordingInProgress(path: path, writingTo: WholeFile.draft(of: path), grid)
      }
      do throws(RecordingError) {
        return try RecordingInProgress(path: path, writingTo: path, grid)
      } catch {
        // Another grid's file of an earlier day: this one's may be the next.
        guard case .headerDiffers = error, index < RecordingFiles.filesMax else { throw error }
        index += 1
      }
    }
  }
}

/// One open file.
private final class RecordingInProgress {
  let path: String
  private let writer: NativeRecordingWriter
  private(set) var scanCount = 0

  init(
    path: String,
    writingTo file: String,
    _ grid: SpectradInterface.Grid
  ) throws(RecordingError) {
    self.path = path
    writer = try NativeRecordingWriter(
      path: file,
      wavelengthsNanometres: grid.wavelengthsNanometres,
      scanner: grid.scannerDescription
    )
  }

  func append(_ scan: Scan, prediction: Spectra.Prediction?) throws(RecordingError) {
    try writer.append(scan, prediction: prediction)
    scanCount += 1
  }

  func synchronize() throws(RecordingError) { try writer.synchronize() }
}
