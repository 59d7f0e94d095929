import Spectra

/// Step 9: seven numbers beside the image, and how usual the spectrum is among the training ones.
struct MetaFeatureExtractor: ~Copyable {
  private(set) var hotellingT2 = 0.0
  private(set) var qResidual = 0.0

  private let constants: TargetConstants.MetaFeatures
  private let limits: TargetConstants.CalibrationLimits
  private let pcaMean: FixedArray<Double>
  private let firstLoading: FixedArray<Double>
  private let secondLoading: FixedArray<Double>
  private let firstCluster: FixedArray<Double>
  private let secondCluster: FixedArray<Double>
  private var standardised = FixedArray<Float>(
    repeating: 0,
    count: TargetConstants.metaFeatureCount
  )

  init(_ constants: TargetConstants.MetaFeatures, limits: TargetConstants.CalibrationLimits) {
    (self.constants, self.limits) = (constants, limits)
    pcaMean = FixedArray(constants.pcaMean)
    firstLoading = FixedArray(constants.loadings[0])
    secondLoading = FixedArray(constants.loadings[1])
    firstCluster = FixedArray(constants.clusters[0])
    secondCluster = FixedArray(constants.clusters[1])
  }

  /// Computes all features and returns whether the spectrum is within the calibration's limits.
  mutating func extract(
    from spectrum: borrowing FixedArray<Double>,
    temperatureCelsius: Double,
    relativeHumidityPercent: Double
  ) -> Bool {
    let sums = sums(of: spectrum)
    let (first, second) = (sums[0], sums[1])
    let isFirst = sums[2] <= sums[3]
    standardise(0, temperatureCelsius)
    standardise(1, relativeHumidityPercent)
    standardise(2, first)
    standardise(3, second)
    standardise(4, isFirst ? 1 : 0)
    standardise(5, isFirst ? 0 : 1)
    standardise(6, Statistics.standardDeviation(spectrum, mean: Statistics.mean(spectrum)))
    judge(spectrum, first, second)
    return hotellingT2 <= limits.t2 ?? .infinity && qResidual <= limits.q ?? .infinity
  }

  func withStandardised<Result>(_ use: (Span<Float>) -> Result) -> Result {
    standardised.withSpan(use)
  }

  /// The two components and the squared distances from the two clusters, summed side by side.
  private func sums(of spectrum: borrowing FixedArray<Double>) -> SIMD4<Double> {
    var sums = SIMD4<Double>()
    for index in 0..<spectrum.count {
      let value = spectrum[index]
      let deviation = value - pcaMean[index]
      let (toFirst, toSecond) = (value - firstCluster[index], value - secondCluster[index])
      sums += SIMD4(
        firstLoading[index] * deviation,
        secondLoading[index] * deviation,
        toFirst * toFirst,
        toSecond * toSecond
      )
    }
    return sums
  }

  private mutating func judge(
    _ spectrum: borrowing FixedArray<Double>,
    _ first: Double,
    _ second: Double
  ) {
    var residual = 0.0
    for index in 0..<spectrum.count {
      let modelled = first * firstLoading[index] + second * secondLoading[index]
      let difference = spectrum[index] - pcaMean[index] - modelled
      residual += difference * difference
    }
    qResidual = residual
    // Without a limit the variances may be unknown, that is 0; then there is no T².
    let (firstVariance, secondVariance) = (constants.variances[0], constants.variances[1])
    hotellingT2 =
      firstVariance > 0 && secondVariance > 0
      ? first * first / firstVariance + second * second / secondVariance : 0
  }

  private mutating func standardise(_ index: Int, _ value: Double) {
    let score = (value - constants.mean[index]) / constants.standardDeviation[index]
    let largest = Double(Float.greatestFiniteMagnitude)
    // Also where the score is NaN, of two infinities: no NaN may reach a network.
    standardised[index] = Float(score >= -largest ? min(score, largest) : -largest)
  }
}
