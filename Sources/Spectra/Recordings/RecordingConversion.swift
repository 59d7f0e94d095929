import Glibc

/// Writes whole recordings.
package enum RecordingConversion {
  /// Writes a recording to `path` in the format of its name.
  ///
  /// `*.scans.ndjson` is the native format, `*.csv` the wide CSV, `*.jdx` and `*.dx` JCAMP-DX.
  ///
  /// The file appears when it is complete: it is written under another name beside `path` and
  /// renamed. A failure leaves what was at `path` before.
  package static func write(
    _ recording: Recording,
    to path: String
  ) throws(RecordingError) {
    switch RecordingFormat(writing: path) {
    case .native?:
      try writeAtomically(to: path) { (output) throws(RecordingError) in
        try writeNative(recording, to: &output)
      }
    case .wide?:
      let table = try WideTableWriter(recording, file: path)
      try writeAtomically(to: path) { (output) throws(RecordingError) in
        try output.write(table.headerRow())
        for index in recording.scans.indices { try output.write(try table.row(of: index)) }
      }
    case .jcamp?:
      let writer = JCAMPWriter(recording, file: path)
      try writeAtomically(to: path) { (output) throws(RecordingError) in
        try output.write(writer.start())
        for index in recording.scans.indices { try output.write(try writer.block(of: index)) }
        try output.write(writer.end())
      }
    case nil:
      throw .unknownFormat(
        file: path,
        found: "this name for the output",
        expected: "one that ends in \(RecordingFormat.endings)"
      )
    }
  }

  /// The endings of names that say in which format to write, as a message lists them.
  package static let outputEndings = RecordingFormat.endings

  /// Whether the name of a file says in which format to write it.
  package static func canWrite(to path: String) -> Bool { RecordingFormat(writing: path) != nil }

  private static func writeNative(
    _ recording: Recording,
    to output: inout BufferedOutput
  ) throws(RecordingError) {
    try output.write(
      Recording.nativeHeader(
        wavelengthsNanometres: recording.wavelengthsNanometres,
        scanner: recording.scanner
      )
    )
    for scan in recording.scans { try output.write(scan.nativeLine()) }
  }

  private static func writeAtomically(
    to path: String,
    _ writeContent: (inout BufferedOutput) throws(RecordingError) -> Void
  ) throws(RecordingError) {
    let partialPath = path + ".\(getpid()).partial"
    do throws(RecordingError) {
      var output = BufferedOutput(
        try OpenFile(writing: partialPath, flags: O_WRONLY | O_CREAT | O_EXCL)
      )
      try writeContent(&output)
      try output.finish()
      try OpenFile.rename(partialPath, to: path)
    } catch {
      OpenFile.remove(partialPath)
      // Nobody asked for the partial file: the error is about the one that will not be there.
      guard case .unwritable(_, let code) = error else { throw error }
      throw .unwritable(file: path, code: code)
    }
  }
}

/// Collects what is written into few large writes.
private struct BufferedOutput: ~Copyable {
  private static let flushBytes = 1 << 18
  private let openFile: OpenFile
  private var pending: [UInt8] = []

  init(_ openFile: consuming OpenFile) {
    self.openFile = openFile
    pending.reserveCapacity(2 * BufferedOutput.flushBytes)
  }

  mutating func write(_ bytes: [UInt8]) throws(RecordingError) {
    pending.append(contentsOf: bytes)
    guard pending.count >= BufferedOutput.flushBytes else { return }
    try openFile.write(pending)
    pending.removeAll(keepingCapacity: true)
  }

  /// Writes what is left and returns when all is on the disk.
  consuming func finish() throws(RecordingError) {
    try openFile.write(pending)
    try openFile.synchronize()
  }
}
