import Spectra

/// Step 7: extended multiplicative scatter correction.
///
/// Least squares of the spectrum on [reference, 1, t, …]; what is left over, divided by the slope
/// on the reference, is put back onto the reference. The pseudo-inverse is computed once.
struct ScatterCorrector: ~Copyable {
  private let minimumSlope: Double
  private let termCount: Int
  /// The design's columns one after the other, the reference first.
  private let design: FixedArray<Double>
  /// The pseudo-inverse's rows one after the other.
  private let inverse: FixedArray<Double>

  /// Returns nil when the reference is itself a polynomial of the order that is to be corrected.
  init?(_ correction: TargetConstants.ScatterCorrection) {
    let count = correction.reference.count
    let position = (0..<count).map { Double($0) / Double(count - 1) }
    var columns = [correction.reference, Array(repeating: 1, count: count)]
    if correction.order >= 1 { columns.append(position) }
    if correction.order >= 2 { columns.append(position.map { $0 * $0 }) }
    guard count >= columns.count,
      let inverse = LeastSquares.pseudoInverse(columns: columns)
    else { return nil }
    minimumSlope = correction.minimumSlope
    termCount = columns.count
    design = FixedArray(columns.flatMap { $0 })
    self.inverse = FixedArray(inverse.flatMap { $0 })
  }

  /// Writes the corrected spectrum and returns whether it holds enough of the reference.
  ///
  /// If not, the minimum slope is divided by instead, so that what is written stays finite.
  func apply(
    _ spectrum: borrowing FixedArray<Double>,
    into corrected: inout FixedArray<Double>
  ) -> Bool {
    let count = spectrum.count
    for index in 0..<count { corrected[index] = spectrum[index] }
    var slope = 0.0
    for term in 0..<termCount {
      var coefficient = 0.0
      for index in 0..<count { coefficient += inverse[term * count + index] * spectrum[index] }
      if term == 0 { slope = coefficient }
      for index in 0..<count { corrected[index] -= coefficient * design[term * count + index] }
    }
    let divisor = slope >= minimumSlope ? slope : minimumSlope
    for index in 0..<count { corrected[index] = corrected[index] / divisor + design[index] }
    return slope >= minimumSlope
  }
}
