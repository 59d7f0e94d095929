/// What all donors have in common: the mean spectrum, how they differ, how scans of one differ.
///
/// A compact parametric description of our own, fitted to the published statistics of 13,140 scans
/// (mean within 2 %, standard deviation within 4 % per channel). It holds no measured spectrum.
enum BloodPopulation {
  /// Mean and standard deviation among donors of the scanner's temperature in °C.
  static let temperatureCelsius = (mean: 41.1, deviation: 2.95)
  /// Mean and standard deviation among donors of the relative humidity in percent.
  static let relativeHumidityPercent = (mean: 31.5, deviation: 8.0)

  /// The mean absorbance of all donors.
  static func meanAbsorbance(atNanometres wavelength: Double) -> Double {
    let slope = 0.6433 + 0.1582 * centred(wavelength)
    return slope + waterBands.value(atNanometres: wavelength)
      + SpectralEdge(at: 1_130, width: 6.14, height: 0.0541).value(atNanometres: wavelength)
      + SpectralEdge(at: 1_358.6, width: 14.7, height: 0.3609).value(atNanometres: wavelength)
  }

  /// The standard deviation of the absorbance over all scans of all donors.
  static func totalDeviation(atNanometres wavelength: Double) -> Double {
    let position = centred(wavelength)
    let path = 0.0450 + (0.0096 + 0.0053 * position) * position
    let water = waterDeviation(atNanometres: wavelength)
    let edge = edgeDeviation(atNanometres: wavelength)
    return (path * path + water * water + edge * edge).squareRoot()
  }

  /// How much the water content moves the absorbance, per standard deviation.
  static func waterDeviation(atNanometres wavelength: Double) -> Double {
    let rise = SpectralEdge(at: 1_369.4, width: 26.1, height: 1).value(atNanometres: wavelength)
    let fall = SpectralEdge(at: 1_504.5, width: 109.3, height: 1).value(atNanometres: wavelength)
    return 0.1444 * rise * (1 - 0.9724 * fall)
  }

  /// How much the end of the detector's range moves the absorbance, per standard deviation.
  static func edgeDeviation(atNanometres wavelength: Double) -> Double {
    SpectralBand(at: 1_695.8, width: 32.3, height: 0.0840).value(atNanometres: wavelength)
  }

  /// How much the position of the sample moves the absorbance of a scan, per standard deviation.
  ///
  /// Least where the lamp is brightest and water not yet dark, near 1335 nm.
  static func scanDeviation(atNanometres wavelength: Double) -> Double {
    let calm = SpectralBand(at: 1_335, width: 45, height: 0.64).value(atNanometres: wavelength)
    let dark = SpectralEdge(at: 1_385, width: 20, height: 0.003).value(atNanometres: wavelength)
    return 0.0080 * (1 - calm) + dark
  }

  /// The lamp's light on the white reference relative to its maximum.
  ///
  /// Piecewise linear between rounded values every 50 nm that are typical of the device.
  static func lampShape(atNanometres wavelength: Double) -> Double {
    let values = [
      0.15, 0.45, 0.62, 0.58, 0.62, 0.66, 0.74, 0.92, 1.00, 0.96, 0.84, 0.76, 0.63, 0.57, 0.46,
      0.31, 0.05,
    ]
    let position = min(max((wavelength - 900) / 50, 0), Double(values.count - 1))
    let index = min(Int(position), values.count - 2)
    let part = position - Double(index)
    return values[index] * (1 - part) + values[index + 1] * part
  }

  /// The distance from the middle of the range, -1 to 1.
  static func centred(_ wavelength: Double) -> Double { (wavelength - 1_300) / 400 }

  private static let waterBands = [
    SpectralBand(at: 969.4, width: 62.2, height: 0.087),
    SpectralBand(at: 1_124.3, width: 18.6, height: 0.079),
    SpectralBand(at: 1_150.5, width: 37.3, height: 0.065),
    SpectralBand(at: 1_180.3, width: 61.7, height: 0.0848),
    SpectralBand(at: 1_314.3, width: 34.0, height: 0.0557),
    SpectralBand(at: 1_390, width: 94.3, height: 0.4383),
    SpectralBand(at: 1_463.7, width: 82.3, height: 0.1616),
    SpectralBand(at: 1_506.4, width: 162.8, height: 0.2802),
  ]
}
