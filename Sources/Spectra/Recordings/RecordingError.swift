import Glibc

/// Where in a recording something was found; lines and columns count from 1.
package struct RecordingPlace: Equatable, Sendable {
  /// The file's path as it was given.
  package var file: String
  /// The line; 0 when the whole file is meant.
  package var line: Int
  /// The column in bytes, or nil when the whole line is meant.
  package var column: Int?

  /// Makes a place; without a line it is the whole file.
  package init(file: String, line: Int = 0, column: Int? = nil) {
    (self.file, self.line, self.column) = (file, line, column)
  }
}

extension RecordingPlace: CustomStringConvertible {
  package var description: String {
    guard line > 0 else { return file }
    return file + ":" + String(line) + (column.map { ":" + String($0) } ?? "")
  }
}

/// Why a recording cannot be read or written.
package enum RecordingError: Error, Equatable, Sendable {
  /// The system refused to open or read a file or folder; `code` is errno.
  case unreadable(file: String, code: CInt)
  /// The system refused to create, write or rename a file; `code` is errno.
  case unwritable(file: String, code: CInt)
  /// The file is larger than a recording may be.
  case tooLarge(file: String, bytes: Int, limitBytes: Int)
  /// The file or folder holds no scan.
  case empty(file: String)
  /// The file begins like none of the formats that are read, or its name like none written.
  case unknownFormat(file: String, found: String, expected: String)
  /// What stands at a place is not what the format wants there.
  case malformed(RecordingPlace, found: String, expected: String)
  /// Something has another number of points than the wavelengths say.
  case pointCount(RecordingPlace, found: Int, expected: Int)
  /// A wavelength is not greater than the one before it.
  case wavelengthsNotRising(RecordingPlace, point: Int, found: Double, previous: Double)
  /// Two files have different wavelengths and so are not one recording.
  ///
  /// `point` counts from 1; a wavelength is nil where that file has no such point.
  case wavelengthsDiffer(
    file: String,
    otherFile: String,
    point: Int,
    found: Double?,
    expected: Double?
  )
  /// The file's spectra have no wavelengths and none were given.
  case wavelengthsUnknown(RecordingPlace, columns: Int)
  /// A pattern for sample names uses a placeholder that the file cannot fill.
  case unknownPlaceholder(file: String, found: String, expected: String)
  /// A file to append to was begun for other wavelengths or another scanner.
  case headerDiffers(file: String)
}

extension RecordingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let file, let code):
      return "\(file): cannot be read: \(RecordingError.text(of: code))"
    case .unwritable(let file, let code):
      return "\(file): cannot be written: \(RecordingError.text(of: code))"
    case .tooLarge(let file, let bytes, let limitBytes):
      return "\(file): has \(bytes) bytes; a recording has at most \(limitBytes)"
    case .empty(let file):
      return "\(file): holds no scan; expected at least one"
    case .unknownFormat(let file, let found, let expected):
      return "\(file): found \(found); expected \(expected)"
    case .malformed(let place, let found, let expected):
      return "\(place): found \(found); expected \(expected)"
    case .pointCount(let place, let found, let expected):
      return "\(place): found \(found) points; expected \(expected)"
    case .wavelengthsNotRising(let place, let point, let found, let previous):
      return "\(place): found wavelength \(found) nm at point \(point); "
        + "expected more than the \(previous) nm before it"
    case .wavelengthsDiffer(let file, let otherFile, let point, let found, let expected):
      let (foundText, expectedText) = (
        RecordingError.text(of: found), RecordingError.text(of: expected)
      )
      return "\(file): found \(foundText) at point \(point); "
        + "expected \(expectedText) as in \(otherFile): one recording has one set of wavelengths"
    case .wavelengthsUnknown(let place, let columns):
      return "\(place): found \(columns) absorbance columns without wavelengths; "
        + "expected numeric headers in nanometres or an axis such as --axis 900:1700"
    case .unknownPlaceholder(let file, let found, let expected):
      return "\(file): found the placeholder {\(found)}; expected one of \(expected)"
    case .headerDiffers(let file):
      return "\(file): was begun for other wavelengths or another scanner; "
        + "expected the same first line, or a new file"
    }
  }

  private static func text(of nanometres: Double?) -> String {
    nanometres.map { "\($0) nm" } ?? "no wavelength"
  }

  private static func text(of code: CInt) -> String {
    // SAFETY: the C library's message is NUL-terminated and copied at once.
    unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
  }
}
