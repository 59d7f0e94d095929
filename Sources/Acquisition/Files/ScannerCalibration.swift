/// The scanner's calibration as command 02/2A tells it.
struct ScannerCalibration: Equatable {
  /// The bend of a pattern on the mirror array: three coefficients.
  let shiftVector: [Double]
  /// Mirror column to nanometres: c0, c1, c2.
  let pixelToWavelength: [Double]

  /// Reads the calibration's image; stale bytes follow it.
  init(parsing bytes: Span<UInt8>) throws(ScanFileError) {
    try SerializedImage.calibration.check(bytes)
    let data = SerializedImage.calibration.dataOffset
    var coefficients: [Double] = []
    for index in 0..<6 { coefficients.append(bytes.double(at: data + 8 * index)) }
    shiftVector = Array(coefficients[..<3])
    pixelToWavelength = Array(coefficients[3...])
  }
}
