/// Files of TI's program give coefficients with six digits but wavelengths with ten.
extension Calibration {
  /// The coefficients that fit `nanometres` best, or nil when they are no grid of this scanner.
  ///
  /// Six digits are enough to tell the mirror column of each point, a whole number. The polynomial
  /// through all columns and wavelengths then follows by least squares.
  package func refined(nanometres: [Double], widthPixels: UInt8) -> Calibration? {
    let offset = widthPixels % 2 == 0 ? 0.5 : 0
    var middles: [Double] = []
    for wavelength in nanometres {
      guard let position = column(nanometres: wavelength) else { return nil }
      middles.append((position + offset).rounded() - offset)
    }
    guard let coefficients = Parabola.fit(positions: middles, values: nanometres) else {
      return nil
    }
    return Calibration(shiftVector: shiftVector, pixelToWavelength: coefficients)
  }
}

/// A polynomial of the second degree.
private enum Parabola {
  /// c0, c1, c2 of the least squares fit, or nil with fewer than three different positions.
  static func fit(positions: [Double], values: [Double]) -> [Double]? {
    guard let low = positions.min(), let high = positions.max(), high > low else { return nil }
    // On -1...1 the three powers are nearly orthogonal, so the normal equations lose few digits.
    let (middle, half) = ((low + high) / 2, (high - low) / 2)
    var moments = [Double](repeating: 0, count: 5)
    var products = [Double](repeating: 0, count: 3)
    for (position, value) in zip(positions, values) {
      var power = 1.0
      for degree in 0..<5 {
        moments[degree] += power
        if degree < 3 { products[degree] += power * value }
        power *= (position - middle) / half
      }
    }
    var rows = (0..<3).map { row in Array(moments[row..<(row + 3)]) + [products[row]] }
    guard let scaled = solve(&rows) else { return nil }
    let c2 = scaled[2] / (half * half)
    let c1 = scaled[1] / half - 2 * c2 * middle
    return [scaled[0] - scaled[1] / half * middle + c2 * middle * middle, c1, c2]
  }

  /// Gauss elimination with row exchange of three rows of four numbers.
  private static func solve(_ rows: inout [[Double]]) -> [Double]? {
    for column in 0..<3 {
      let pivot = (column..<3).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
      guard abs(rows[pivot][column]) > 1e-12 else { return nil }
      rows.swapAt(pivot, column)
      for row in 0..<3 where row != column {
        let factor = rows[row][column] / rows[column][column]
        for index in column..<4 { rows[row][index] -= factor * rows[column][index] }
      }
    }
    return (0..<3).map { rows[$0][3] / rows[$0][$0] }
  }
}
