internal import Spectra

/// How much light patterns of different widths let through: file 3 of the scanner.
///
/// Only ratios between its rows are used.
struct ReferenceMatrix: ~Copyable {
  /// How many bytes of the file are used.
  static let usedByteCount = SerializedImage.referenceMatrix.byteCount
  static let rowCount = 19
  static let columnCount = 50

  /// The pattern width of each row, rising.
  private var widths = FixedArray<Int64>(repeating: 0, count: rowCount)
  /// The wavelength of each column in nanometres, rising.
  private var wavelengthsNanometres = FixedArray<Double>(repeating: 0, count: columnCount)
  private var factors = FixedArray<Double>(repeating: 0, count: columnCount)
  private var values = FixedArray<Int64>(repeating: 0, count: rowCount * columnCount)

  /// Reads the matrix file.
  init(parsing bytes: Span<UInt8>) throws(ScanFileError) {
    try SerializedImage.referenceMatrix.check(bytes)
    var offset = SerializedImage.referenceMatrix.dataOffset
    for row in 0..<ReferenceMatrix.rowCount {
      widths[row] = Int64(bytes[offset + row])
      guard row == 0 || widths[row] > widths[row - 1] else { throw .wrongMatrix(row: row) }
    }
    offset += ReferenceMatrix.rowCount
    for column in 0..<ReferenceMatrix.columnCount {
      let wavelength = bytes.double(at: offset + 8 * column)
      let previous = column == 0 ? 0 : wavelengthsNanometres[column - 1]
      guard wavelength.isFinite, wavelength > previous else { throw .wrongMatrix(row: 0) }
      wavelengthsNanometres[column] = wavelength
    }
    offset += 8 * ReferenceMatrix.columnCount
    for index in 0..<ReferenceMatrix.rowCount * ReferenceMatrix.columnCount {
      values[index] = Int64(bytes.uint16(at: offset + 2 * index))
    }
  }

  /// Multiplies counts measured with patterns of one width into those of another.
  ///
  /// Only the elements in `range` are changed; the result is truncated.
  mutating func scale(
    _ signal: inout FixedArray<Int32>,
    at wavelengths: borrowing FixedArray<Double>,
    in range: Range<Int>,
    fromWidth: Int,
    toWidth: Int
  ) throws(ScanFileError) {
    try fillFactors(from: Int64(fromWidth), to: Int64(toWidth))
    var lines = LinearInterpolation(count: ReferenceMatrix.columnCount)
    for index in range {
      let factor = lines.number(at: wavelengths[index], wavelengthsNanometres, factors)
      signal[index] = Int32(clamping: truncate(Double(signal[index]) * factor))
    }
  }

  /// Computes the factor of each column.
  ///
  /// The factor for the scan's width is extrapolated from the two rows next to the *reference's*
  /// width, in integers: that is what the maker's program does, and what users compare with.
  private mutating func fillFactors(from: Int64, to: Int64) throws(ScanFileError) {
    var row = 0
    while row < ReferenceMatrix.rowCount, widths[row] < from { row += 1 }
    guard row < ReferenceMatrix.rowCount, row > 0 || widths[row] == from else {
      throw .widthOutsideMatrix(width: Int(from))
    }
    let neighbours = row == 0 ? (0, 1) : row == 18 ? (17, 18) : (row, row - 1)
    for column in 0..<ReferenceMatrix.columnCount {
      let numerator = value(atWidth: to, through: neighbours, column: column)
      let denominator =
        widths[row] == from
        ? self[row, column] : value(atWidth: from, through: (row - 1, row), column: column)
      guard denominator > 0 else { throw .wrongMatrix(row: row) }
      factors[column] = Double(numerator) / Double(denominator)
    }
  }

  private subscript(row: Int, column: Int) -> Int64 {
    values[row * ReferenceMatrix.columnCount + column]
  }

  /// The straight line through two rows at `width`, in integers truncated toward zero.
  private func value(atWidth width: Int64, through rows: (Int, Int), column: Int) -> Int64 {
    let (a, b) = (widths[rows.0], widths[rows.1])
    let (atA, atB) = (self[rows.0, column], self[rows.1, column])
    // Which end the line starts from decides how the division truncates.
    if width < a, width < b { return atA - (a - width) * (atB - atA) / (b - a) }
    if width > a, width > b { return atB + (width - b) * (atB - atA) / (b - a) }
    return atB - (b - width) * (atB - atA) / (b - a)
  }
}
