import Chemometrics
import Spectra
import Testing

@Suite struct QualityGatesTests {
  /// What each row of the table changes in a frame that passes.
  struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var expected: QualityReasons
    var apply: @Sendable (inout ScanFrame, inout QualityGates) -> Void

    init(
      _ testDescription: String,
      _ expected: QualityReasons,
      _ apply: @escaping @Sendable (inout ScanFrame, inout QualityGates) -> Void
    ) {
      (self.testDescription, self.expected, self.apply) = (testDescription, expected, apply)
    }
  }

  static let changes = [
    Change("nothing", []) { _, _ in },
    Change("no temperature", .sensorMissing) { frame, _ in frame.header.temperatureCelsius = nil },
    Change("humidity NaN", .sensorMissing) { frame, _ in
      frame.header.relativeHumidityPercent = .nan
    },
    Change("raw count at the limit", .saturated) { frame, _ in
      frame.header.maximumRawCount = 8_000_000
    },
    Change("raw count without a limit", []) { frame, gates in
      frame.header.maximumRawCount = .max
      gates.maximumRawCounts = 0
    },
    Change("signal at the limit", []) { frame, _ in frame.sampleSignal[10] = 100 },
    Change("signal below the limit", .lowLight) { frame, _ in frame.sampleSignal[10] = 99 },
    Change("signal below the limit off the window", []) { frame, _ in frame.sampleSignal[0] = 9 },
    Change("negative signal without a limit", []) { frame, gates in
      frame.sampleSignal[10] = -5
      gates.minimumSignalCounts = 0
    },
    Change("no value in the window", .nonFinite) { frame, _ in frame.absorbance[10] = .nan },
    Change("no value off the window", []) { frame, _ in frame.absorbance[20] = .nan },
    Change("a grid too short", .axisNotCovered) { frame, _ in
      frame.header.pointCount = 10
      frame.absorbance[5] = .nan
    },
    Change("no points", .axisNotCovered) { frame, _ in frame.header.pointCount = 0 },
    Change("no reference, so no values", .referenceMissing) { frame, _ in
      frame.header.referenceKind = .none
      for index in 0..<21 { frame.absorbance[index] = .nan }
    },
    Change("a user's reference for a factory bundle", .referenceMismatch) { frame, _ in
      frame.header.referenceKind = .user
    },
    Change("a recorded reference is of unknown kind", []) { frame, _ in
      frame.header.referenceKind = .recorded
    },
    Change("any reference will do", []) { frame, gates in
      frame.header.referenceKind = .user
      gates.referenceKind = nil
    },
    Change("several at once", [.sensorMissing, .saturated, .lowLight, .nonFinite]) { frame, _ in
      frame.header.temperatureCelsius = nil
      frame.header.maximumRawCount = .max
      frame.sampleSignal[10] = 0
      frame.absorbance[10] = .nan
    },
  ]

  @Test(arguments: changes)
  func `a scan is judged by each limit on its own`(change: Change) throws {
    let reasons = try judge(change, hasSignals: true)
    #expect(reasons == change.expected, "\(reasons.names)")
    let withoutSignals = try judge(change, hasSignals: false)
    #expect(withoutSignals == change.expected.subtracting([.lowLight, .saturated]))
  }

  private func judge(_ change: Change, hasSignals: Bool) throws -> QualityReasons {
    let axis = try #require(
      WavelengthAxis(startNanometres: 1000, endNanometres: 1100, points: 11)
    )
    var frame = ScanFrame()
    fill(&frame)
    var gates = QualityGates(
      minimumSignalCounts: 100,
      maximumRawCounts: 8_000_000,
      referenceKind: .factory
    )
    change.apply(&frame, &gates)
    let grid = (0..<frame.header.pointCount).map { 1000 + 5 * Double($0) }
    var resampler = AxisResampler(axis: axis, window: 2..<9)
    resampler.prepare(wavelengthsNanometres: grid.span)
    return gates.reasons(for: frame, resampler: resampler, hasSignals: hasSignals)
  }

  /// A scan of 21 points from 1000 to 1100 nm that passes.
  private func fill(_ frame: inout ScanFrame) {
    frame.header.pointCount = 21
    frame.header.temperatureCelsius = 40
    frame.header.relativeHumidityPercent = 30
    frame.header.maximumRawCount = 7_999_999
    frame.header.referenceKind = .factory
    for index in 0..<21 {
      frame.sampleSignal[index] = 1000
      frame.absorbance[index] = 0.5
    }
  }
}
