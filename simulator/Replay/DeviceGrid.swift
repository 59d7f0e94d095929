package import Spectra

/// A scan configuration and coefficients: what a device's wavelengths follow from.
package struct DeviceGrid: Equatable, Sendable {
  /// How well a device can reproduce a recording's wavelengths.
  package enum Origin: Equatable, Sendable {
    /// The recorded coefficients give the recorded wavelengths.
    case recorded
    /// The recorded coefficients were too short; those fitted to the wavelengths give them.
    case refined(errorNanometres: Double)
    /// No coefficients give them; spectra are resampled onto an invented scanner's grid.
    case invented
  }

  /// The coefficients.
  package let calibration: Calibration
  /// The one section that is scanned.
  package let section: ScanSection
  /// The wavelength of every point in nanometres, rising.
  package let nanometres: [Double]
  /// Where the coefficients come from.
  package let origin: Origin

  /// How far a recorded wavelength may lie from the device's: text files have six decimals.
  package static let toleranceNanometres = 1e-5

  /// The grid on which a device can replay `recording`.
  package init(for recording: Recording) {
    let wanted = recording.wavelengthsNanometres
    if let section = DeviceGrid.section(of: recording),
      let calibration = DeviceGrid.calibration(of: recording.scanner)
    {
      if let grid = DeviceGrid(calibration, section, wanted, { _ in .recorded }) {
        self = grid
        return
      }
      if let refined = calibration.refined(nanometres: wanted, widthPixels: section.widthPixels),
        let grid = DeviceGrid(refined, section, wanted, { .refined(errorNanometres: $0) })
      {
        self = grid
        return
      }
    }
    self = .invented
  }

  /// 228 points from 900 to 1700 nm of a scanner that does not exist.
  package static let invented: DeviceGrid = {
    let section = ScanSection(
      widthPixels: 6,
      startNanometres: 900,
      endNanometres: 1700,
      points: 228
    )
    let calibration = Calibration.invented
    guard let nanometres = calibration.nanometres(of: [section]) else {
      preconditionFailure("the invented scanner reaches from 900 to 1700 nm")
    }
    return DeviceGrid(calibration, section, nanometres: nanometres, origin: .invented)
  }()

  private init(
    _ calibration: Calibration,
    _ section: ScanSection,
    nanometres: [Double],
    origin: Origin
  ) {
    (self.calibration, self.section) = (calibration, section)
    (self.nanometres, self.origin) = (nanometres, origin)
  }

  /// The grid of `section`, or nil when it is not `wanted`; `origin` is told the largest error.
  private init?(
    _ calibration: Calibration,
    _ section: ScanSection,
    _ wanted: [Double],
    _ origin: (Double) -> Origin
  ) {
    guard let nanometres = calibration.nanometres(of: [section]) else { return nil }
    let error = zip(nanometres, wanted).map { abs($0 - $1) }.max() ?? .infinity
    guard error < DeviceGrid.toleranceNanometres else { return nil }
    self.init(calibration, section, nanometres: nanometres, origin: origin(error))
  }

  private static func section(of recording: Recording) -> ScanSection? {
    let scanner = recording.scanner
    let count = recording.wavelengthsNanometres.count
    guard count <= ScanConfiguration.patternLimit, let points = UInt16(exactly: count),
      let width = scanner.patternWidthPixels.flatMap({ UInt8(exactly: $0) }), width >= 1,
      let start = scanner.startNanometres.flatMap({ UInt16(exactly: $0) }),
      let end = scanner.endNanometres.flatMap({ UInt16(exactly: $0) }),
      start >= 900, end <= 1700, start < end
    else { return nil }
    return ScanSection(
      widthPixels: width,
      startNanometres: start,
      endNanometres: end,
      points: points
    )
  }

  private static func calibration(of scanner: ScannerDescription) -> Calibration? {
    guard let coefficients = scanner.pixelToWavelengthCoefficients, coefficients.count == 3,
      coefficients.allSatisfy(\.isFinite)
    else { return nil }
    let shift = scanner.shiftVectorCoefficients ?? []
    return Calibration(
      shiftVector: shift.count == 3 ? shift : Calibration.invented.shiftVector,
      pixelToWavelength: coefficients
    )
  }
}
