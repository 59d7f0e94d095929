/// The light of the scanner's lamp as its detector sees it, relative to the maximum.
package enum LampCurve {
  private static let firstNanometres = 900.0
  private static let stepNanometres = 50.0
  private static let shape = [
    0.15, 0.45, 0.62, 0.58, 0.62, 0.66, 0.74, 0.92, 1.00, 0.96, 0.84, 0.76, 0.63, 0.57, 0.46, 0.31,
    0.05,
  ]

  /// The intensity at a wavelength, from 0.05 to 1; outside 900 to 1700 nm that of the nearer end.
  package static func relativeIntensity(nanometres: Double) -> Double {
    let position = (nanometres - firstNanometres) / stepNanometres
    let clamped = min(max(position, 0), Double(shape.count - 1))
    let left = min(Int(clamped), shape.count - 2)
    let fraction = clamped - Double(left)
    return shape[left] * (1 - fraction) + shape[left + 1] * fraction
  }
}
