/// The wavelengths of a NIRscan Nano's column scan: the grid that synthetic scans are made on.
package struct ColumnGrid: Equatable, Sendable {
  /// First wavelength of the configuration in nanometres.
  package let startNanometres: Double
  /// Last wavelength of the configuration in nanometres.
  package let endNanometres: Double
  /// How many patterns are shown, one point each.
  package let patternCount: Int
  /// Width of one pattern in DMD columns.
  package let patternWidthPixels: Int
  /// c0, c1, c2 of the wavelength c0 + c1·x + c2·x² of DMD column x; c2 is not 0.
  package let pixelToWavelengthCoefficients: [Double]

  /// The device's default configuration on an invented device.
  package static let column1 = ColumnGrid(
    startNanometres: 900,
    endNanometres: 1_700,
    patternCount: 228,
    patternWidthPixels: 6,
    pixelToWavelengthCoefficients: [1_800, -0.92, -0.000235]
  )

  /// Makes a grid from its parts.
  package init(
    startNanometres: Double,
    endNanometres: Double,
    patternCount: Int,
    patternWidthPixels: Int,
    pixelToWavelengthCoefficients: [Double]
  ) {
    precondition(patternCount >= 2, "a grid has two ends")
    precondition(pixelToWavelengthCoefficients.count == 3, "three coefficients make a parabola")
    self.startNanometres = startNanometres
    self.endNanometres = endNanometres
    self.patternCount = patternCount
    self.patternWidthPixels = patternWidthPixels
    self.pixelToWavelengthCoefficients = pixelToWavelengthCoefficients
  }

  /// The wavelength of every point in nanometres, rising.
  ///
  /// The device accumulates the column as a double and truncates it, so the points are uneven; a
  /// pattern of even width has its middle between two columns.
  package var wavelengthsNanometres: [Double] {
    let first = column(ofNanometres: startNanometres)
    let step = (column(ofNanometres: endNanometres) - first) / Double(patternCount - 1)
    var position = first
    return (0..<patternCount).map { _ in
      let column = position.rounded(.towardZero)
      position += step
      return nanometres(atColumn: patternWidthPixels % 2 == 0 ? column - 0.5 : column)
    }
  }

  private func nanometres(atColumn x: Double) -> Double {
    let c = pixelToWavelengthCoefficients
    return c[2] * x * x + c[1] * x + c[0]
  }

  private func column(ofNanometres wavelength: Double) -> Double {
    let c = pixelToWavelengthCoefficients
    let root = (c[1] * c[1] - 4 * c[2] * (c[0] - wavelength)).squareRoot()
    let first = (-c[1] + root) / (2 * c[2])
    return (0...853).contains(first) ? first : (-c[1] - root) / (2 * c[2])
  }
}
