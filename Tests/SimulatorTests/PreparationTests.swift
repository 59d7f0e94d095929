import Glibc
import Spectra
import Testing
import spectrasim

struct PreparationTests {
  private static let grid = DeviceGrid.invented.nanometres

  private static func recording(_ scans: [Scan]) -> Recording {
    recording(scans, coefficients: Calibration.invented.pixelToWavelength, wavelengths: grid)
  }

  private static func recording(
    _ scans: [Scan],
    coefficients: [Double],
    wavelengths: [Double]
  ) -> Recording {
    var scanner = ScannerDescription()
    scanner.serialNumber = "SIM0001"
    scanner.configurationName = "Column 1"
    (scanner.patternWidthPixels, scanner.startNanometres, scanner.endNanometres) = (6, 900, 1700)
    scanner.pixelToWavelengthCoefficients = coefficients
    return Recording(wavelengthsNanometres: wavelengths, scanner: scanner, scans: scans)
  }

  private static func measured(sample: String = "a", factor: Int32 = 1) -> Scan {
    var scan = Scan()
    scan.sample = sample
    scan.sampleSignal = grid.indices.map { Int32(40_000 + 100 * $0) }
    scan.referenceSignal = grid.indices.map { Int32(80_000 + 300 * $0) * factor }
    (scan.temperatureCelsius, scan.detectorTemperatureCelsius) = (30.38, 26.23)
    (scan.relativeHumidityPercent, scan.lampPhotodiode) = (6.87, 3_655)
    (scan.gain, scan.repeats, scan.scanIndex) = (64, 6, 0x0049_0001)
    return scan
  }

  @Test
  func `a recorded scan is served unchanged`() throws {
    let scan = PreparationTests.measured()
    let (playable, report) = try RecordingPreparation.prepare(PreparationTests.recording([scan]))
    #expect(playable.scans[0].signal == scan.sampleSignal)
    #expect(playable.reference == scan.referenceSignal)
    #expect(playable.scans[0].systemHundredths == 3_038)
    #expect(playable.scans[0].detectorHundredths == 2_623)
    #expect(playable.scans[0].humidityHundredths == 687)
    #expect(playable.scans[0].scanIndex == 0x0049_0001)
    #expect(report == PreparationReport())
    #expect(report.lines.isEmpty)
  }

  @Test(arguments: [
    [1783.942521764, -0.918589707377, -0.000241810605],
    [1817.562804321, -0.919732488123, -0.000233773583],
    [1775.681131234, -0.916766247321, -0.000235065005],
  ])
  func `coefficients cut to six digits are refined until the wavelengths fit`(
    exact: [Double]
  ) throws {
    // As in TI's files: six digits of the coefficients, six decimals of the wavelengths.
    let calibration = Calibration(shiftVector: [0, 0, 0], pixelToWavelength: exact)
    let wavelengths = try #require(calibration.nanometres(of: [InventedScanner.section]))
    let recording = PreparationTests.recording(
      [PreparationTests.measured()],
      coefficients: exact.map { value in
        let scale = pow(10, 5 - floor(log10(abs(value))))
        return (value * scale).rounded() / scale
      },
      wavelengths: wavelengths.map { ($0 * 1e6).rounded() / 1e6 }
    )
    let grid = DeviceGrid(for: recording)
    guard case .refined(let error) = grid.origin else {
      Issue.record("grid is \(grid.origin)")
      return
    }
    #expect(error < 1e-6)
    for (fitted, value) in zip(grid.calibration.pixelToWavelength, exact) {
      #expect(abs(fitted / value - 1) < 1e-6)
    }
  }

  @Test
  func `wavelengths that no coefficients give are resampled onto the invented grid`() throws {
    var scan = Scan()
    let axis = (0..<170).map { 900 + Double($0) * 800 / 169 }
    scan.absorbance = axis.map { 0.2 + ($0 - 900) / 1_000 }
    var recording = Recording(wavelengthsNanometres: axis, scanner: .init(), scans: [scan])
    recording.scans.append(scan)
    let (playable, report) = try RecordingPreparation.prepare(recording)
    #expect(report.grid == .invented)
    #expect(report.scansFromAbsorbance == 2)
    #expect(report.absorbanceError < 1e-4)
    #expect(report.pointsLost == 0)
    #expect(playable.serial == "SIM0001")
    let worst = PreparationTests.grid.indices.map { point -> Double in
      let value = Absorbance.value(
        sampleSignal: playable.scans[0].signal[point],
        referenceSignal: playable.reference[point]
      )
      // Beyond 1700 nm the last value is held.
      return abs(value - (0.2 + (min(PreparationTests.grid[point], 1700) - 900) / 1_000))
    }.max()
    #expect(worst ?? 1 < 1e-4)
  }

  @Test
  func `points without a value stay without one`() throws {
    var scan = Scan()
    scan.absorbance = PreparationTests.grid.indices.map { $0 == 100 ? .nan : 0.5 }
    let (playable, report) = try RecordingPreparation.prepare(PreparationTests.recording([scan]))
    #expect(report.grid == .recorded)
    #expect(playable.scans[0].signal[100] == 0)
    #expect(playable.scans[0].signal.count { $0 <= 0 } == 1)
    #expect(report.pointsLost == 0)
  }

  @Test
  func `absorbance too high for a single count is reported as lost`() throws {
    var scan = Scan()
    scan.absorbance = PreparationTests.grid.indices.map { $0 < 3 ? 12 : 0.5 }
    let (_, report) = try RecordingPreparation.prepare(PreparationTests.recording([scan]))
    #expect(report.pointsLost == 3)
  }

  @Test
  func `a scan with another reference keeps its absorbance`() throws {
    let scans = [PreparationTests.measured(), PreparationTests.measured(factor: 3)]
    let (playable, report) = try RecordingPreparation.prepare(PreparationTests.recording(scans))
    #expect(report.scansRescaled == 1)
    for point in PreparationTests.grid.indices {
      let value = Absorbance.value(
        sampleSignal: playable.scans[1].signal[point],
        referenceSignal: playable.reference[point]
      )
      let error = abs(value - scans[1].absorbanceValues[point])
      #expect(error <= report.absorbanceError)
    }
    #expect(report.absorbanceError < 5e-5)
    #expect(report.absorbanceError > 0)
  }

  @Test
  func `a scan at another gain is served as it is when the host will scale the reference`() throws {
    var second = PreparationTests.measured()
    second.gain = 32
    second.referenceSignal = second.referenceSignal?.map { $0 / 2 }
    let scans = [PreparationTests.measured(), second]
    let (playable, report) = try RecordingPreparation.prepare(PreparationTests.recording(scans))
    #expect(report.scansRescaled == 0)
    #expect(playable.scans[1].signal == second.sampleSignal)
    #expect(playable.scans[1].gain == 32)
  }

  @Test
  func `what no device can have measured is refused`() {
    #expect(throws: ReplayError.noScans) {
      try RecordingPreparation.prepare(PreparationTests.recording([]))
    }
    var bright = PreparationTests.measured()
    bright.sampleSignal?[7] = 9_000_000
    #expect(throws: ReplayError.countOutOfRange(scan: 1, point: 8, found: 9_000_000)) {
      try RecordingPreparation.prepare(PreparationTests.recording([bright]))
    }
    let bare = Recording(wavelengthsNanometres: [900, 901], scanner: .init(), scans: [Scan()])
    #expect(throws: ReplayError.noAbsorbance(scan: 1)) {
      try RecordingPreparation.prepare(bare)
    }
  }

  @Test
  func `scans of one name in a row are one sample, and samples are dealt out in turn`() throws {
    let names = ["a", "a", "b", "a", "a", "a"]
    let scans = names.map { PreparationTests.measured(sample: $0) }
    let (playable, _) = try RecordingPreparation.prepare(PreparationTests.recording(scans))
    #expect(playable.sampleCount == 3)
    let hands = playable.dealt(toScanners: 2)
    #expect(hands.map { $0.scans.count } == [5, 1])
    // Both samples of the first hand are called "a" and still are two.
    #expect(hands.map(\.sampleCount) == [2, 1])
    #expect(hands.map(\.serial) == ["SIM0001", "SIM00-2"])
    #expect(hands.map(\.configuration.serial) == ["SIM0001", "SIM00-2"])
    #expect(playable.dealt(toScanners: 9).count == 3)
  }
}
