import Foundation
import Spectra
import Testing
import spectractl

/// What numpy and scipy say of the same scans; `Tests/Golden/check/make_check.py` asked them.
private struct GoldenStandard: Decodable {
  struct ScanValues: Decodable {
    var sampleSignal: [Int32]
    var referenceSignal: [Int32]
    var gain: Int
    var lampPhotodiode: Int
  }
  struct Peak: Decodable {
    var index: Int
    var nanometres: Double
    var prominence: Double
  }

  var wavelengthsNanometres: [Double]
  var scans: [ScanValues]
  var mean: [Double]
  var usableFrom: Int
  var allPeaks: [Peak]
  var noiseAbsorbance: Double
  var lampPhotodiode: Double
  var signalCounts: Double
  var peaksNanometres: [Double]
  var candidatesNanometres: [Double]

  static func read() throws -> GoldenStandard {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appending(path: "Golden/check/standard.json")
    return try JSONDecoder().decode(GoldenStandard.self, from: Data(contentsOf: file))
  }

  var recorded: [Scan] {
    scans.map { values in
      var scan = Scan()
      scan.sampleSignal = values.sampleSignal
      scan.referenceSignal = values.referenceSignal
      scan.gain = values.gain
      scan.lampPhotodiode = values.lampPhotodiode
      return scan
    }
  }
}

@Suite struct StandardMeasurementTests {
  @Test func `peaks are where scipy finds them, and as prominent`() throws {
    let golden = try GoldenStandard.read()
    let peaks = PeakSearch.peaks(
      wavelengthsNanometres: Array(golden.wavelengthsNanometres[golden.usableFrom...]),
      values: golden.mean
    )
    #expect(peaks.map(\.index) == golden.allPeaks.map(\.index))
    for (found, expected) in zip(peaks, golden.allPeaks) {
      #expect(abs(found.nanometres - expected.nanometres) < 1e-6)
      #expect(abs(found.prominence - expected.prominence) < 1e-12)
    }
  }

  @Test func `noise, lamp, signal and peaks are what numpy computes`() throws {
    let golden = try GoldenStandard.read()
    let found = try StandardMeasurement(
      scans: golden.recorded,
      wavelengthsNanometres: golden.wavelengthsNanometres
    )
    #expect(found.scanCount == golden.scans.count)
    #expect(abs(found.noiseAbsorbance / golden.noiseAbsorbance - 1) < 1e-9)
    #expect(found.lampPhotodiode == golden.lampPhotodiode)
    #expect(abs(found.signalCounts / golden.signalCounts - 1) < 1e-12)
    #expect(found.peaksNanometres.count == 4)
    #expect(distance(found.peaksNanometres, golden.peaksNanometres) < 1e-6)
    // The fifth is too flat for a baseline, and is found again if a baseline has it.
    #expect(found.candidatesNanometres.count == 5)
    #expect(distance(found.candidatesNanometres, golden.candidatesNanometres) < 1e-6)
  }

  @Test func `a flat top is one peak in its middle`() {
    let peaks = PeakSearch.peaks(
      wavelengthsNanometres: [900, 904, 908, 912, 916, 920],
      values: [0, 1, 2, 2, 1, 1]
    )
    #expect(peaks == [SpectrumPeak(index: 2, nanometres: 910, prominence: 1)])
  }

  @Test(arguments: [[], [1], [1, 2], [1, 2, 3], [3, 2, 1], [2, 2, 2], [1, 2, 2], [2, 2, 1]])
  func `an edge is no peak`(values: [Double]) {
    let wavelengths = values.indices.map { 900 + 4 * Double($0) }
    #expect(PeakSearch.peaks(wavelengthsNanometres: wavelengths, values: values).isEmpty)
  }

  @Test func `what cannot be measured is named`() throws {
    let golden = try GoldenStandard.read()
    let wavelengths = golden.wavelengthsNanometres
    let two = Array(golden.recorded.prefix(2))
    #expect(throws: CheckError.tooFewScans(count: 2, expected: 3)) {
      try StandardMeasurement(scans: two, wavelengthsNanometres: wavelengths)
    }
    #expect(throws: CheckError.pointCount(found: 228, expected: 227)) {
      try StandardMeasurement(
        scans: golden.recorded,
        wavelengthsNanometres: Array(wavelengths.dropLast())
      )
    }
    let dark = golden.recorded.map { scan in
      var scan = scan
      scan.referenceSignal = [Int32](repeating: 0, count: wavelengths.count)
      return scan
    }
    #expect(throws: CheckError.noAbsorbance) {
      try StandardMeasurement(scans: dark, wavelengthsNanometres: wavelengths)
    }
  }

  @Test func `a lamp that one scan does not tell is no lamp`() throws {
    let golden = try GoldenStandard.read()
    var scans = golden.recorded
    scans[2].lampPhotodiode = nil
    let found = try StandardMeasurement(
      scans: scans,
      wavelengthsNanometres: golden.wavelengthsNanometres
    )
    #expect(found.lampPhotodiode == nil)
  }

  @Test func `a scanner is within the limits of its own baseline`() throws {
    let golden = try GoldenStandard.read()
    let found = try StandardMeasurement(
      scans: golden.recorded,
      wavelengthsNanometres: golden.wavelengthsNanometres
    )
    let baseline = CheckBaseline(
      noiseAbsorbance: found.noiseAbsorbance,
      lampPhotodiode: found.lampPhotodiode,
      signalCounts: found.signalCounts,
      peaksNanometres: found.candidatesNanometres
    )
    let findings = found.findings(against: baseline)
    #expect(
      findings.map(\.quantity) == [.noise, .lamp, .signal, .peak, .peak, .peak, .peak, .peak]
    )
    #expect(findings.allSatisfy { !$0.isDrifted })
  }

  @Test func `a peak that moved or went is found out`() throws {
    let golden = try GoldenStandard.read()
    let found = try StandardMeasurement(
      scans: golden.recorded,
      wavelengthsNanometres: golden.wavelengthsNanometres
    )
    let peak = found.peaksNanometres[1]
    let baseline = CheckBaseline(
      noiseAbsorbance: found.noiseAbsorbance,
      lampPhotodiode: nil,
      signalCounts: found.signalCounts,
      peaksNanometres: [peak - 1.5, peak + 0.9, 1_500]
    )
    let findings = found.findings(against: baseline)
    #expect(findings.map(\.isDrifted) == [false, false, true, false, true])
    #expect(findings.last?.measured == nil)
  }

  private func distance(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    return zip(found, expected).map { abs($0 - $1) }.max() ?? 0
  }
}

@Suite struct CheckFindingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var quantity: CheckFinding.Quantity
    var baseline: Double
    var measured: Double?
    var isDrifted: Bool
    var testDescription: String { "\(quantity) \(baseline) → \(measured ?? .nan)" }
  }

  private static let limits: [CheckFinding.Quantity: Double] = [
    .noise: CheckLimits.noiseRatio, .lamp: CheckLimits.lampShare,
    .signal: CheckLimits.signalShare, .peak: CheckLimits.peakNanometres,
  ]

  @Test(arguments: [
    Case(quantity: .noise, baseline: 0.001, measured: 0.0019, isDrifted: false),
    Case(quantity: .noise, baseline: 0.001, measured: 0.0021, isDrifted: true),
    Case(quantity: .noise, baseline: 0.001, measured: 0.0001, isDrifted: false),
    // Twice of next to nothing is still next to nothing.
    Case(quantity: .noise, baseline: 0.00001, measured: 0.0003, isDrifted: false),
    Case(quantity: .noise, baseline: 0.00001, measured: 0.0005, isDrifted: true),
    Case(quantity: .noise, baseline: 0.001, measured: .nan, isDrifted: true),
    Case(quantity: .lamp, baseline: 3_800, measured: 3_500, isDrifted: false),
    Case(quantity: .lamp, baseline: 3_800, measured: 3_400, isDrifted: true),
    Case(quantity: .lamp, baseline: 3_800, measured: 4_200, isDrifted: true),
    Case(quantity: .lamp, baseline: 3_800, measured: nil, isDrifted: true),
    Case(quantity: .lamp, baseline: 0, measured: 3_800, isDrifted: true),
    Case(quantity: .lamp, baseline: 0, measured: 0, isDrifted: true),
    Case(quantity: .signal, baseline: 1_000, measured: 905, isDrifted: false),
    Case(quantity: .signal, baseline: 1_000, measured: 895, isDrifted: true),
    Case(quantity: .peak, baseline: 1_210, measured: 1_210.9, isDrifted: false),
    Case(quantity: .peak, baseline: 1_210, measured: 1_208.9, isDrifted: true),
    Case(quantity: .peak, baseline: 1_210, measured: nil, isDrifted: true),
  ])
  func `each quantity has its limit`(test: Case) {
    let finding = CheckFinding(
      quantity: test.quantity,
      baseline: test.baseline,
      measured: test.measured,
      limit: CheckFindingTests.limits[test.quantity] ?? 0
    )
    #expect(finding.isDrifted == test.isDrifted)
  }
}
