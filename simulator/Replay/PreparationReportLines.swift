extension PreparationReport {
  /// What the operator should know, one line per finding; none when nothing had to be changed.
  package var lines: [String] {
    var lines: [String] = []
    switch grid {
    case .recorded: break
    case .refined(let error):
      lines.append(
        "wavelength coefficients refined, largest error \(PreparationReport.short(error)) nm"
      )
    case .invented:
      lines.append("wavelengths are no scanner's: resampled to 228 points from 900 to 1700 nm")
    }
    if scansFromAbsorbance > 0 {
      lines.append("\(scansFromAbsorbance) scans: counts made from absorbance with the lamp curve")
    }
    if scansRescaled > 0 {
      lines.append("\(scansRescaled) scans: recalculated against the reference that is served")
    }
    if scansFromAbsorbance + scansRescaled > 0 {
      lines.append("largest rounding error \(PreparationReport.short(absorbanceError)) absorbance")
    }
    if pointsLost > 0 {
      lines.append("\(pointsLost) points lost: too dark for a whole count")
    }
    return lines
  }

  /// Three significant digits.
  private static func short(_ value: Double) -> String {
    guard value.isFinite, value > 0 else { return "0" }
    var (mantissa, exponent) = (value, 0)
    while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    return "\((mantissa * 100).rounded() / 100)e\(exponent)"
  }
}
