import CAllocationCounter
import Chemometrics
import Spectra
import Testing

/// What the preprocessor says about spectra that mean nothing, and what it leaves then.
@Suite struct TargetPreprocessorTests {
  struct Case: Sendable {
    var name: String
    /// Index of the golden chain whose constants are used, and whether they correct scatter.
    var chain = 0
    var reasons: AnswerReasons
    var spectrum: @Sendable ([Double]) -> [Double]
  }

  static let cases = [
    Case(name: "usual", reasons: []) { $0 },
    Case(name: "all zero", reasons: .scatterDegenerate) { $0.map { _ in 0 } },
    Case(name: "constant", reasons: .scatterDegenerate) { $0.map { _ in 0.3 } },
    Case(name: "overflowing", reasons: [.scatterDegenerate, .flatSpectrum]) {
      $0.indices.map { $0 % 2 == 0 ? 1e308 : -1e308 }
    },
    Case(name: "upside down, no signatures", chain: 5, reasons: []) { $0.map { -$0 } },
    Case(name: "all zero, no scatter correction", chain: 5, reasons: .flatSpectrum) {
      $0.map { _ in 0 }
    },
    Case(name: "constant, no scatter correction", chain: 5, reasons: .flatSpectrum) {
      $0.map { _ in 0.3 }
    },
    Case(name: "overflowing, no scatter correction", chain: 5, reasons: .flatSpectrum) {
      $0.indices.map { $0 % 2 == 0 ? 1e308 : -1e308 }
    },
    Case(name: "overflowing with a global scale", chain: 3, reasons: .flatSpectrum) {
      $0.indices.map { $0 % 2 == 0 ? 1e308 : -1e308 }
    },
  ]

  @Test(arguments: cases)
  func `a degenerate spectrum is named and still leaves finite inputs`(example: Case) throws {
    let golden = try GoldenChain.read(example.chain)
    var preprocessor = TargetPreprocessor(constants: try golden.constants())
    let spectrum = example.spectrum(golden.spectrum)
    let reasons = preprocessor.process(
      spectrum.span,
      temperatureCelsius: 40,
      relativeHumidityPercent: 30
    )
    #expect(reasons.isSuperset(of: example.reasons), "\(example.name): \(reasons.names)")
    #expect(!example.reasons.isEmpty || reasons.isEmpty, "\(example.name): \(reasons.names)")
    let isDrawable = preprocessor.image.allSatisfy { abs($0) <= 1.000_001 }
    let isFinite =
      preprocessor.metaFeatures.allSatisfy { $0.isFinite }
      && preprocessor.values(.derivative).allSatisfy { $0.isFinite }
    #expect(isDrawable && isFinite, "\(example.name)")
  }

  @Test(arguments: [
    (1.01, 1.01, AnswerReasons()), (0.99, 1.01, .outsideCalibration),
    (1.01, 0.99, .outsideCalibration), (0.99, 0.99, .outsideCalibration),
  ])
  func `a spectrum beyond a limit is outside the calibration`(
    t2Share: Double,
    qShare: Double,
    expected: AnswerReasons
  ) throws {
    let golden = try GoldenChain.read(0)
    let limits = TargetConstants.CalibrationLimits(t2: golden.t2 * t2Share, q: golden.q * qShare)
    var preprocessor = TargetPreprocessor(constants: try golden.constants(limits: limits))
    let reasons = preprocessor.process(
      golden.spectrum.span,
      temperatureCelsius: golden.temperatureCelsius,
      relativeHumidityPercent: golden.relativeHumidityPercent
    )
    #expect(reasons == expected)
  }

  @Test func `nothing is allocated between the scan and the network's input`() throws {
    let golden = try GoldenChain.read(0)
    let spectrum = golden.spectrum
    let axis = try #require(WavelengthAxis(startNanometres: 900, endNanometres: 1700, points: 170))
    let grid = axis.nanometres
    let absorbance = grid.map { $0 / 1000 }
    var resampler = AxisResampler(axis: axis, window: 11..<96)
    var median = SampleMedian(channels: 85, capacity: 20)
    var preprocessor = TargetPreprocessor(constants: try golden.constants())
    let encodings = [(85, 1, 7225), (255, 3, 1)].map { rowStride, columnStride, channelStride in
      ImageEncoding(
        scale: 1 / 127.5,
        zeroPoint: 127,
        isSigned: false,
        rows: 85,
        columns: 85,
        rowStride: rowStride,
        columnStride: columnStride,
        channelStride: channelStride
      )
    }
    var window = [Double](repeating: 0, count: 85)
    var bytes = [UInt8](repeating: 0, count: 3 * 7225)
    var windowSpan = window.mutableSpan
    var byteSpan = bytes.mutableSpan
    var (before, passed) = (0, 0)
    for round in 0..<11 {
      // The first round may instantiate types.
      if round == 1 { before = callocation_count() }
      resampler.prepare(wavelengthsNanometres: grid.span)
      if resampler.resample(absorbance.span, into: &windowSpan) { passed += 1 }
      median.add(spectrum.span)
      median.write(into: &windowSpan)
      _ = preprocessor.process(
        spectrum.span,
        temperatureCelsius: 40,
        relativeHumidityPercent: 30
      )
      preprocessor.writeImage(into: &byteSpan, encoding: encodings[0])
      preprocessor.writeImage(into: &byteSpan, encoding: encodings[1])
    }
    let allocations = callocation_count() - before
    #expect(allocations == 0)
    #expect(passed == 11)
  }
}
