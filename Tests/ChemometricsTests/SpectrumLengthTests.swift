import Chemometrics
import Testing

/// The steps whose loops handle several wavelengths at once, at every length that they may have.
@Suite struct SpectrumLengthTests {
  private func constants(
    channels: Int,
    net: TargetConstants.NetSignal? = nil,
    scatterCorrection: TargetConstants.ScatterCorrection? = nil,
    savitzkyGolay: TargetConstants.SavitzkyGolay = .init(window: 3, polynomial: 1, derivative: 0)
  ) throws -> TargetConstants {
    let zeros = [Double](repeating: 0, count: channels)
    return try TargetConstants(
      channels: channels,
      net: net,
      scaling: .global(mean: 0, standardDeviation: 1),
      scatterCorrection: scatterCorrection,
      savitzkyGolay: savitzkyGolay,
      metaFeatures: .init(
        pcaMean: zeros,
        loadings: [zeros, zeros],
        variances: [1, 1],
        clusters: [zeros, zeros],
        mean: Array(repeating: 0, count: TargetConstants.metaFeatureCount),
        standardDeviation: Array(repeating: 1, count: TargetConstants.metaFeatureCount)
      )
    )
  }

  private func stage(
    _ stage: TargetPreprocessor.Stage,
    of spectrum: [Double],
    _ constants: TargetConstants
  ) -> [Double] {
    var preprocessor = TargetPreprocessor(constants: constants)
    _ = preprocessor.process(spectrum.span, temperatureCelsius: 0, relativeHumidityPercent: 0)
    return preprocessor.values(stage)
  }

  @Test(arguments: 3...50)
  func `the net signal is the sum over products, term by term`(channels: Int) throws {
    var random = SeededGenerator(seed: UInt64(channels))
    func curve() -> [Double] { (0..<channels).map { _ in .random(in: -1...1, using: &random) } }
    let (spectrum, added, subtracted) = (curve(), curve(), curve())
    let mean = spectrum.reduce(0, +) / Double(channels)
    let expected = (0..<channels).map { index in
      (0..<channels).reduce(0.0) { sum, lag in
        let other = lag - index + channels - 1 - (channels - 1) / 2
        guard added.indices.contains(other) else { return sum }
        return sum + (spectrum[lag] - mean) * (added[other] - subtracted[other])
      }
    }
    let constants = try constants(
      channels: channels,
      net: .init(added: [added], subtracted: [subtracted])
    )
    #expect(Golden.error(stage(.net, of: spectrum, constants), expected) < 1e-12)
  }

  @Test(arguments: [(3, 1), (5, 2), (7, 3), (11, 4), (21, 2)])
  func `a polynomial's derivative comes out exactly at every length`(
    window: Int,
    order: Int
  ) throws {
    for channels in window...(window + 20) {
      let places = (0..<channels).map { Double($0) / Double(channels) }
      // 1 + x + x² + …, by Horner, and its derivative with respect to the index.
      let values = places.map { place in (0...order).reduce(0.0) { sum, _ in sum * place + 1 } }
      let slopes = places.map { place in
        (1...order).reversed().reduce(0.0) { $0 * place + Double($1) } / Double(channels)
      }
      for (derivative, expected) in [(0, values), (1, slopes)] {
        let constants = try constants(
          channels: channels,
          savitzkyGolay: .init(window: window, polynomial: order, derivative: derivative)
        )
        let error = Golden.error(stage(.derivative, of: values, constants), expected)
        #expect(error < 1e-11, "\(channels) wavelengths, derivative \(derivative)")
      }
    }
  }

  @Test(arguments: 0...2)
  func `what scatter adds to the reference is taken away at every length`(order: Int) throws {
    for channels in 6...40 {
      let reference = (0..<channels).map { index -> Double in
        let distance = Double(index - 3)
        return 1 / (1 + distance * distance)
      }
      let baseline = [0.3, 0.2, -0.4].prefix(order + 1)
      let spectrum = reference.indices.map { index -> Double in
        let place = Double(index) / Double(channels - 1)
        return baseline.reversed().reduce(0) { $0 * place + $1 } + 1.7 * reference[index]
      }
      let constants = try constants(
        channels: channels,
        scatterCorrection: .init(order: order, reference: reference)
      )
      let error = Golden.error(stage(.scatter, of: spectrum, constants), reference)
      #expect(error < 1e-11, "\(channels) wavelengths")
    }
  }
}
