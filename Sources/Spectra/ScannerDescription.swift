/// What is known about the scanner that made a recording, or that is connected.
package struct ScannerDescription: Equatable, Sendable {
  /// The serial number that the scanner reports (command 02/33).
  package var serialNumber: String?
  /// The model name, for example `NIRscan Nano`.
  package var model: String?
  /// The controller's firmware version, for example `2.1.0`.
  package var firmware: String?
  /// The scan configuration's name, for example `Column 1`.
  package var configurationName: String?
  /// Width of one pattern in DMD columns.
  package var patternWidthPixels: Int?
  /// First wavelength of the scan configuration in nanometres.
  package var startNanometres: Double?
  /// Last wavelength of the scan configuration in nanometres.
  package var endNanometres: Double?
  /// The bend of the pattern on the DMD: three coefficients.
  package var shiftVectorCoefficients: [Double]?
  /// DMD column x to nanometres: c0, c1, c2 of c0 + c1·x + c2·x².
  package var pixelToWavelengthCoefficients: [Double]?

  /// Makes a description of which nothing is known yet.
  package init() {}
}

/// Scans of one scanner on one wavelength grid, in the order in which they were made.
package struct Recording: Equatable, Sendable {
  /// The wavelength of every point in nanometres, strictly rising.
  package var wavelengthsNanometres: [Double]
  /// The scanner that made them.
  package var scanner: ScannerDescription
  /// The scans, oldest first.
  package var scans: [Scan]

  /// Makes a recording from its parts; every scan has as many points as there are wavelengths.
  package init(wavelengthsNanometres: [Double], scanner: ScannerDescription, scans: [Scan]) {
    self.wavelengthsNanometres = wavelengthsNanometres
    self.scanner = scanner
    self.scans = scans
  }
}
