/// An evenly spaced wavelength axis, such as the 170 points from 900 to 1700 nm of a bundle.
package struct WavelengthAxis: Equatable, Sendable {
  /// The first wavelength in nanometres.
  package let startNanometres: Double
  /// The last wavelength in nanometres.
  package let endNanometres: Double
  /// How many wavelengths there are, both ends included.
  package let points: Int

  /// Makes an axis of at least two points, or nil when the ends are not finite and rising.
  package init?(startNanometres: Double, endNanometres: Double, points: Int) {
    guard startNanometres.isFinite, endNanometres.isFinite, startNanometres > 0 else { return nil }
    guard endNanometres > startNanometres, points >= 2, points <= Limits.wavelengths else {
      return nil
    }
    self.startNanometres = startNanometres
    self.endNanometres = endNanometres
    self.points = points
  }

  /// The wavelength in nanometres at `index`, computed as numpy's linspace does.
  package func nanometres(at index: Int) -> Double {
    precondition(index >= 0 && index < points, "index outside the axis")
    if index == points - 1 { return endNanometres }
    let step = (endNanometres - startNanometres) / Double(points - 1)
    return startNanometres + Double(index) * step
  }

  /// All wavelengths in nanometres, rising.
  package var nanometres: [Double] { (0..<points).map { nanometres(at: $0) } }

  /// The indices of the wavelengths from `low` to `high` nanometres, both included.
  package func indices(fromNanometres low: Double, toNanometres high: Double) -> Range<Int> {
    let all = nanometres
    let first = all.firstIndex { $0 >= low } ?? points
    let last = all.lastIndex { $0 <= high } ?? -1
    return first..<max(first, last + 1)
  }
}
