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
  /// The pseudo-inverse by wavelength: what it weighs in each term's coefficient.
  private let inverse: FixedArray<SIMD4<Double>>

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
    self.inverse = FixedArray(
      (0..<count).map { index in
        var weights = SIMD4<Double>()
        for (term, row) in inverse.enumerated() { weights[term] = row[index] }
        return weights
      }
    )
  }

  /// Writes the corrected spectrum and returns whether it holds enough of the reference.
  ///
  /// If not, the minimum slope is divided by instead, so that what is written stays finite.
  func apply(
    _ spectrum: borrowing FixedArray<Double>,
    into corrected: inout FixedArray<Double>
  ) -> Bool {
    let count = spectrum.count
    corrected.copyPrefix(count, of: spectrum)
    var coefficients = SIMD4<Double>()
    for index in 0..<count { coefficients += inverse[index] * spectrum[index] }
    let slope = coefficients[0]
    let divisor = slope >= minimumSlope ? slope : minimumSlope
    corrected.withMutableSpan { corrected in
      design.withSpan { design in
        for term in 0..<termCount {
          let column = design.extracting((term * count)..<(term * count + count))
          corrected.add(column, times: -coefficients[term], from: 0)
        }
        let reference = design.extracting(first: count)
        precondition(corrected.count == reference.count, "spectra of one length")
        for index in reference.indices {
          corrected[index] = corrected[index] / divisor + reference[index]
        }
      }
    }
    return slope >= minimumSlope
  }
}
