import Glibc

/// Appends scans to a native `*.scans.ndjson` recording, one write per scan.
///
/// Whatever happens, the file is whole to its last complete line: a line that a crash tore is cut
/// off when the file is opened again. Not for use by two writers at once.
package struct NativeRecordingWriter: ~Copyable, Sendable {
  private let openFile: OpenFile
  private let pointCount: Int
  /// The file's path.
  package let path: String

  /// Opens `path` to append to it, or begins a new recording there.
  ///
  /// Throws `RecordingError.headerDiffers` when the file was begun for other wavelengths or another
  /// scanner, and `unwritable` or `unreadable` when the system refuses.
  package init(
    path: String,
    wavelengthsNanometres: [Double],
    scanner: ScannerDescription
  ) throws(RecordingError) {
    let source = RecordingSource(file: path, bytes: [], folder: "")
    try source.check(wavelengths: wavelengthsNanometres) { _ in RecordingPlace(file: path) }
    let header = Recording.nativeHeader(
      wavelengthsNanometres: wavelengthsNanometres,
      scanner: scanner
    )
    let openFile = try OpenFile(writing: path, flags: O_RDWR | O_CREAT | O_APPEND)
    let found = try openFile.read(byteCount: header.count, atOffset: 0)
    let isTornHeader = !found.contains(UInt8(ascii: "\n")) && header.starts(with: found)
    guard isTornHeader || found == header else { throw .headerDiffers(file: path) }
    try openFile.truncate(
      toByteCount: isTornHeader ? 0 : try NativeRecordingWriter.wholeByteCount(openFile)
    )
    if isTornHeader { try openFile.write(header) }
    (self.path, pointCount) = (path, wavelengthsNanometres.count)
    self.openFile = openFile
  }

  /// How many bytes the file has up to its last newline, which it must have.
  private static func wholeByteCount(_ openFile: borrowing OpenFile) throws(RecordingError) -> Int {
    var end = try openFile.byteCount()
    while end > 0 {
      let start = max(0, end - Limits.lineBytes)
      let bytes = try openFile.read(byteCount: end - start, atOffset: start)
      if let newline = bytes.lastIndex(of: UInt8(ascii: "\n")) { return start + newline + 1 }
      end = start
    }
    return 0
  }

  /// Appends a scan, with the prediction that was made after it.
  ///
  /// The scan's vectors must have as many points as there are wavelengths.
  package func append(_ scan: Scan, prediction: Prediction? = nil) throws(RecordingError) {
    for count in [scan.sampleSignal?.count, scan.referenceSignal?.count, scan.absorbance?.count] {
      precondition(count ?? pointCount == pointCount, "a vector is not as long as the wavelengths")
    }
    precondition(scan.sampleSignal != nil || scan.absorbance != nil, "the scan has no spectrum")
    try openFile.write(scan.nativeLine(prediction: prediction))
  }

  /// Returns when all scans appended so far are on the disk.
  package func synchronize() throws(RecordingError) { try openFile.synchronize() }
}
