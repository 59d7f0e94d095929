/// One absorption band: a Pearson VII profile of exponent 2, between a Lorentzian and a Gaussian.
///
/// It needs no exponential, so its values are the same on every machine.
struct SpectralBand: Equatable, Sendable {
  /// Wavelength of the peak in nanometres.
  let centreNanometres: Double
  /// Distance from the peak in nanometres at which a quarter of the height is left.
  let widthNanometres: Double
  /// Absorbance at the peak.
  let height: Double

  /// Makes a band; the width is positive.
  init(at centreNanometres: Double, width widthNanometres: Double, height: Double) {
    precondition(widthNanometres > 0, "a band has a width")
    self.centreNanometres = centreNanometres
    self.widthNanometres = widthNanometres
    self.height = height
  }

  /// The band's absorbance at a wavelength.
  func value(atNanometres wavelength: Double) -> Double {
    let distance = (wavelength - centreNanometres) / widthNanometres
    let lorentzian = 1 / (1 + distance * distance)
    return height * lorentzian * lorentzian
  }
}

/// A smooth rise from 0 to `height`, the short-wave edge of a strong absorption.
struct SpectralEdge: Equatable, Sendable {
  /// Wavelength in nanometres at which half the height is reached.
  let centreNanometres: Double
  /// Half the distance in nanometres in which most of the rise happens.
  let widthNanometres: Double
  /// Absorbance far beyond the edge.
  let height: Double

  /// Makes an edge; the width is positive.
  init(at centreNanometres: Double, width widthNanometres: Double, height: Double) {
    precondition(widthNanometres > 0, "an edge has a width")
    self.centreNanometres = centreNanometres
    self.widthNanometres = widthNanometres
    self.height = height
  }

  /// The edge's absorbance at a wavelength.
  func value(atNanometres wavelength: Double) -> Double {
    let distance = (wavelength - centreNanometres) / widthNanometres
    return height * 0.5 * (1 + distance / (1 + distance * distance).squareRoot())
  }
}

extension [SpectralBand] {
  /// The absorbance of all bands together at a wavelength.
  func value(atNanometres wavelength: Double) -> Double {
    reduce(0) { sum, band in sum + band.value(atNanometres: wavelength) }
  }
}
