/// The files that the scanner hands out.
package enum NanoFile: UInt8, Sendable {
  /// The last scan.
  case scan = 0
  /// The reference scan that its maker stored.
  case reference = 2
  /// The matrix that brings the reference to another pattern width.
  case matrix = 3

  /// How many bytes of the file are used at least; zeros may follow them.
  var byteCountMin: Int {
    switch self {
    case .scan, .reference: SerializedImage.plainScan.byteCount
    case .matrix: SerializedImage.referenceMatrix.byteCount
    }
  }
}
