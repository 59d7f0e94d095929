import Chemometrics
import Spectra

/// How long the preprocessing of one scan takes, step by step.
enum PreprocessingBenchmark {
  /// The median time of one step.
  struct Timing {
    let step: String
    let medianMicroseconds: Double
  }

  private static let scans = 60

  /// Times each step on a synthetic sample: 228 points resampled onto 85, 60 scans in the median.
  static func run() throws -> [Timing] {
    let axis = WavelengthAxis(startNanometres: 900, endNanometres: 1700, points: 170)
    guard let axis else { preconditionFailure("the published axis is valid") }
    let grid = (0..<228).map { 901.5 + 3.52 * Double($0) }
    let absorbance = grid.map { wavelength in
      let bandDistance = (wavelength - 1195) / 60
      return 0.4 + 0.5 / (1 + bandDistance * bandDistance) + 1e-4 * wavelength
    }
    var resampler = AxisResampler(axis: axis, window: 11..<96)
    var preprocessor = TargetPreprocessor(constants: try makeConstants())
    var window = [Double](repeating: 0, count: 85)
    var bytes = [UInt8](repeating: 0, count: 3 * 85 * 85)
    var windowSpan = window.mutableSpan
    var byteSpan = bytes.mutableSpan
    let encoding = ImageEncoding(
      scale: 1 / 127.5,
      zeroPoint: 127,
      isSigned: false,
      rows: 85,
      columns: 85,
      rowStride: 85,
      columnStride: 1,
      channelStride: 85 * 85
    )
    var timings: [Timing] = []
    timings.append(
      time("weights of a new grid") { resampler.prepare(wavelengthsNanometres: grid.span) }
    )
    timings.append(
      time("resample") { _ = resampler.resample(absorbance.span, into: &windowSpan) }
    )
    timings.append(timeMedian())
    timings.append(
      time("correlation to meta-features, one target") {
        _ = preprocessor.process(
          windowSpan.span,
          temperatureCelsius: 40,
          relativeHumidityPercent: 30
        )
      }
    )
    timings.append(
      time("image as uint8, one target") {
        preprocessor.writeImage(into: &byteSpan, encoding: encoding)
      }
    )
    return timings
  }

  /// The cost of the sample's last scan, which is its dearest: 59 are in the median already.
  private static func timeMedian() -> Timing {
    var median = SampleMedian(channels: 87, capacity: scans)
    var medians = [Double](repeating: 0, count: 87)
    var span = medians.mutableSpan
    var times: [Duration] = []
    for sample in 0..<500 {
      median.removeAll()
      for scan in 0..<scans {
        let values = (0..<87).map { Double(($0 * 31 + scan * 17 + sample) % 101) }
        let start = ContinuousClock.now
        median.add(values.span)
        median.write(into: &span)
        if scan == scans - 1 { times.append(ContinuousClock.now - start) }
      }
    }
    return Timing(step: "median of \(scans) scans", medianMicroseconds: middle(of: times))
  }

  private static func time(_ step: String, _ body: () -> Void) -> Timing {
    let (warmUp, rounds) = (200, 2_000)
    var times: [Duration] = []
    times.reserveCapacity(rounds)
    for round in 0..<(warmUp + rounds) {
      let start = ContinuousClock.now
      body()
      let elapsed = ContinuousClock.now - start
      if round >= warmUp { times.append(elapsed) }
    }
    return Timing(step: step, medianMicroseconds: middle(of: times))
  }

  private static func middle(of times: [Duration]) -> Double {
    times.sorted()[times.count / 2] / .microseconds(1)
  }

  private static func makeConstants() throws -> TargetConstants {
    func curve(_ centre: Double) -> [Double] {
      (0..<85).map { index in
        let distance = (Double(index) - centre) / 12
        return 0.1 + 1 / (1 + distance * distance)
      }
    }
    return try TargetConstants(
      channels: 85,
      net: .init(added: [curve(20)], subtracted: [curve(40), curve(70)]),
      scaling: .snv,
      scatterCorrection: .init(order: 1, reference: curve(33)),
      savitzkyGolay: .init(window: 5, polynomial: 2, derivative: 1),
      metaFeatures: .init(
        pcaMean: curve(10),
        loadings: [curve(30), curve(60)],
        variances: [1, 1],
        clusters: [curve(25), curve(55)],
        mean: Array(repeating: 0, count: TargetConstants.metaFeatureCount),
        standardDeviation: Array(repeating: 1, count: TargetConstants.metaFeatureCount)
      )
    )
  }
}
