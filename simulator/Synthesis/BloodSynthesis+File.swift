import Glibc
package import Spectra

/// Why the file of a synthesis is not there.
package enum SynthesisFileError: Error, Equatable, Sendable {
  /// The name belongs to something that a recording must not replace.
  case occupied(file: String, by: FileKind)
  /// Whoever watches did not want the rest.
  case stopped(file: String, finishedDonors: Int, donors: Int)
  /// The recording cannot be written.
  case recording(RecordingError)
}

extension SynthesisFileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .occupied(let file, let kind):
      "\(file): found \(kind); expected a regular file to replace, or nothing"
    case .stopped(let file, let finishedDonors, let donors):
      "\(file): stopped after \(finishedDonors) of \(donors) donors; nothing was written"
    case .recording(let error): error.description
    }
  }
}

extension BloodSynthesis {
  /// Whether a name says what is written.
  package static func canWrite(toFile path: String) -> Bool {
    path.lowercased().hasSuffix(".scans.ndjson")
  }

  /// Writes all donors as a native recording that appears under its name only when it is whole.
  ///
  /// An existing file is replaced, nothing else is. `shouldContinue` is asked after every donor
  /// with the number of donors written so far. The scans are too many to hold them all in memory.
  ///
  /// - Throws: `SynthesisFileError`; what was under the name before is then still there.
  package func write(
    toFile path: String,
    shouldContinue: (Int) -> Bool = { _ in true }
  ) throws(SynthesisFileError) {
    if let kind = FileKind(at: path), kind != .regularFile {
      throw .occupied(file: path, by: kind)
    }
    let partialPath = path + ".\(getpid()).partial"
    // SAFETY: the texts live as long as the calls. A dead process may have had our number.
    unsafe unlink(partialPath)
    // After the rename the name is gone; before, what has it is of no use.
    defer { unsafe unlink(partialPath) }
    let finishedDonors: Int
    do throws(RecordingError) {
      finishedDonors = try append(toFile: partialPath, shouldContinue: shouldContinue)
    } catch {
      // Nobody asked for the partial file: the error is about the one that will not be there.
      guard case .unwritable(_, let code) = error else { throw .recording(error) }
      throw .recording(.unwritable(file: path, code: code))
    }
    guard finishedDonors == donors else {
      throw .stopped(file: path, finishedDonors: finishedDonors, donors: donors)
    }
    guard unsafe rename(partialPath, path) == 0 else {
      throw .recording(.unwritable(file: path, code: errno))
    }
  }

  /// Writes donor after donor until all are written or none is wanted any more; says how many.
  private func append(
    toFile path: String,
    shouldContinue: (Int) -> Bool
  ) throws(RecordingError) -> Int {
    let writer = try NativeRecordingWriter(
      path: path,
      wavelengthsNanometres: wavelengthsNanometres,
      scanner: scanner
    )
    for index in 0..<donors {
      for scan in donor(index) { try writer.append(scan) }
      guard shouldContinue(index + 1) else { return index + 1 }
    }
    try writer.synchronize()
    return donors
  }
}
