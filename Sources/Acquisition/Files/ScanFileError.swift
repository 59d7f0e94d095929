/// Why a file of the scanner was not decoded; offsets count bytes from the file's start.
package enum ScanFileError: Error, Equatable, Sendable {
  /// The file ends before what its kind must hold.
  case truncated(byteCount: Int, expectedByteCount: Int)
  /// The image at this offset does not begin with the letters tpl.
  case notAnImage(offset: Int)
  /// The image's length field is not what its format needs.
  case wrongImageLength(found: Int, expected: Int)
  /// The format string is none of those known.
  case unknownFormat
  /// An array length differs from that of every known device.
  case wrongArrayLength(found: Int, expected: Int)
  /// A scan with a Hadamard section; only Column sections are decoded.
  case hadamardScan
  /// The scan type is neither Column nor Hadamard.
  case unknownScanType(UInt8)
  /// The configuration's number of sections is not 1 to 5.
  case wrongSectionCount(Int)
  /// The number of ADC words does not fit the number of patterns.
  case wrongWordCount(words: Int, patterns: Int)
  /// The black pattern's position or period is not possible.
  case wrongBlackPattern(first: Int, period: Int)
  /// The configuration's range is empty or its width or number of patterns not possible.
  case wrongSection(startNanometres: Int, endNanometres: Int, width: Int, patterns: Int)
  /// The coefficients place a wavelength outside the mirror array.
  case wavelengthOutsideArray(nanometres: Int)
  /// The coefficients give a pattern no wavelength.
  case wavelengthNotFinite(index: Int)
  /// The reference has no count above zero, so no scan can be compared with it.
  case referenceWithoutLight
  /// The reference has several sections, so it serves no other configuration than its own.
  case referenceHasSections(Int)
  /// Two neighbouring points of the reference do not rise, so nothing lies between them.
  case referenceNotRising(index: Int)
  /// The reference was not measured over the whole range of the scan.
  case referenceDoesNotCover(startNanometres: Int, endNanometres: Int)
  /// The reference holds a zero, so it cannot be brought to another configuration.
  case referenceHasZero(index: Int)
  /// The reference's pattern width needs the matrix file, which is missing or has no such width.
  case widthOutsideMatrix(width: Int)
  /// A width, wavelength or value of the matrix cannot be used.
  case wrongMatrix(row: Int)
}

extension ScanFileError: CustomStringConvertible {
  /// What was found and what was expected.
  package var description: String {
    switch self {
    case .truncated(let found, let expected):
      "the file has \(found) bytes, expected at least \(expected)"
    case .notAnImage(let offset): "no tpl image at byte \(offset)"
    case .wrongImageLength(let found, let expected):
      "the image says that it has \(found) bytes, expected \(expected)"
    case .unknownFormat: "the image has an unknown format string"
    case .wrongArrayLength(let found, let expected):
      "an array of the image has \(found) elements, expected \(expected)"
    case .hadamardScan: "the scan has a Hadamard section, expected Column sections only"
    case .unknownScanType(let type): "scan type \(type), expected 0 (Column)"
    case .wrongSectionCount(let count): "\(count) sections, expected 1 to 5"
    case .wrongWordCount(let words, let patterns):
      "\(words) ADC words do not fit \(patterns) patterns"
    case .wrongBlackPattern(let first, let period):
      "black patterns from word \(first) every \(period) words are not possible"
    case .wrongSection(let start, let end, let width, let patterns):
      "\(start) to \(end) nm with \(patterns) patterns of width \(width) is not possible"
    case .wavelengthOutsideArray(let nanometres):
      "the coefficients place \(nanometres) nm outside the mirror array"
    case .wavelengthNotFinite(let index): "pattern \(index) has no wavelength"
    case .referenceWithoutLight: "the reference has no light at any point"
    case .referenceHasSections(let count):
      "the reference has \(count) sections, expected one, or those of the scan"
    case .referenceNotRising(let index):
      "points \(index - 1) and \(index) of the reference do not rise in wavelength"
    case .referenceDoesNotCover(let start, let end):
      "the reference does not cover the scan's \(start) to \(end) nm"
    case .referenceHasZero(let index): "the reference is zero at point \(index)"
    case .widthOutsideMatrix(let width): "the reference matrix has no pattern width \(width)"
    case .wrongMatrix(let row): "row \(row) of the reference matrix is not usable"
    }
  }

  /// Whether the file is whole but of a kind that is not decoded: another configuration helps.
  package var isUnsupportedKind: Bool {
    self == .hadamardScan
  }
}
