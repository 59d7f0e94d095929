import Glibc
package import Spectra

extension BloodSynthesis {
  /// Writes all donors as a native recording that appears under its name only when it is whole.
  ///
  /// An existing file is replaced. `observe` is called with the number of donors written so far.
  package func write(
    toFile path: String,
    observe: (Int) -> Void = { _ in }
  ) throws(RecordingError) {
    let unfinished = path + ".partial"
    // SAFETY: the texts live as long as the calls.
    unsafe unlink(unfinished)
    do throws(RecordingError) {
      try append(toFile: unfinished, observe: observe)
    } catch {
      unsafe unlink(unfinished)
      throw error
    }
    guard unsafe rename(unfinished, path) == 0 else {
      throw .unwritable(file: path, code: errno)
    }
  }

  private func append(
    toFile path: String,
    observe: (Int) -> Void
  ) throws(RecordingError) {
    let writer = try NativeRecordingWriter(
      path: path,
      wavelengthsNanometres: wavelengthsNanometres,
      scanner: scanner
    )
    for index in 0..<donors {
      for scan in donor(index) { try writer.append(scan) }
      observe(index + 1)
    }
    try writer.synchronize()
  }
}
