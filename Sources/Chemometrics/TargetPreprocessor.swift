package import Spectra

/// One target's way from a sample's median spectrum to its network's inputs (steps 4 to 14).
///
/// Everything is allocated and factorised when it is made; processing never allocates. What it
/// leaves is always finite, also where the returned reasons say that it means nothing.
package struct TargetPreprocessor: ~Copyable {
  /// A spectrum on its way, named as `spectractl preprocess --until` does.
  package enum Stage: String, CaseIterable, Sendable {
    /// After the signatures' correlation (step 5).
    case net
    /// After the scaling (step 6).
    case scaling
    /// After the scatter correction (step 7).
    case scatter
    /// After the Savitzky-Golay derivative (step 8).
    case derivative
  }

  /// How many wavelengths the window has; the image has as many rows and columns.
  package let channels: Int
  /// How many channels the image has.
  package var imageChannels: Int { image.channelCount }
  /// Hotelling's T² of the last spectrum: how unusual it is inside the two-component model.
  package var hotellingT2: Double { features.hotellingT2 }
  /// The Q residual of the last spectrum: its squared distance from the two-component model.
  package var qResidual: Double { features.qResidual }

  private let scaling: TargetConstants.Scaling
  private var correlator: SignatureCorrelator?
  private let corrector: ScatterCorrector?
  private let filter: SavitzkyGolayFilter
  private var features: MetaFeatureExtractor
  private var image: SpectrumImage

  private var window: FixedArray<Double>
  private var net: FixedArray<Double>
  private var scaled: FixedArray<Double>
  private var corrected: FixedArray<Double>
  private var derivative: FixedArray<Double>

  /// Allocates everything that processing needs.
  package init(constants: TargetConstants) {
    channels = constants.channels
    scaling = constants.scaling
    correlator = constants.net.map { SignatureCorrelator($0, channels: constants.channels) }
    corrector = constants.scatterCorrection.flatMap { ScatterCorrector($0) }
    filter = SavitzkyGolayFilter(constants.savitzkyGolay)
    features = MetaFeatureExtractor(constants.metaFeatures, limits: constants.limits)
    image = SpectrumImage(constants.image, points: constants.channels)
    window = FixedArray(repeating: 0, count: constants.channels)
    net = FixedArray(repeating: 0, count: constants.channels)
    scaled = FixedArray(repeating: 0, count: constants.channels)
    corrected = FixedArray(repeating: 0, count: constants.channels)
    derivative = FixedArray(repeating: 0, count: constants.channels)
  }
}

extension TargetPreprocessor {
  /// Takes a sample's median spectrum through all steps and says why its answer is doubtful.
  ///
  /// `spectrum` holds the window's absorbance, one finite value per wavelength.
  package mutating func process(
    _ spectrum: Span<Double>,
    temperatureCelsius: Double,
    relativeHumidityPercent: Double
  ) -> AnswerReasons {
    precondition(spectrum.count == channels, "one value per wavelength of the window")
    for index in 0..<channels { window[index] = spectrum[index] }
    var reasons: AnswerReasons = []
    correlate()
    scale()
    if !correctScatter() { reasons.insert(.scatterDegenerate) }
    filter.apply(corrected, into: &derivative)
    if !keepFinite() { reasons.insert(.flatSpectrum) }
    let isInside = features.extract(
      from: derivative,
      temperatureCelsius: temperatureCelsius,
      relativeHumidityPercent: relativeHumidityPercent
    )
    if !isInside { reasons.insert(.outsideCalibration) }
    if !image.draw(derivative) { reasons.insert(.flatSpectrum) }
    return reasons
  }

  /// Lends one stage of the last spectrum, one value per wavelength.
  package func withStage<Result>(_ stage: Stage, _ use: (Span<Double>) -> Result) -> Result {
    switch stage {
    case .net: net.withSpan(use)
    case .scaling: scaled.withSpan(use)
    case .scatter: corrected.withSpan(use)
    case .derivative: derivative.withSpan(use)
    }
  }

  /// Lends the last spectrum's seven standardised meta-features.
  ///
  /// Temperature, humidity, two components, the nearer cluster as two numbers, and the spread.
  package func withMetaFeatures<Result>(_ use: (Span<Float>) -> Result) -> Result {
    features.withStandardised(use)
  }

  /// Writes the last spectrum's image as a quantized network wants it.
  ///
  /// Only the elements that `encoding` names are written, at most one per pair of wavelengths;
  /// `ImageEncoding.cropped` names fewer.
  package func writeImage(into bytes: inout MutableSpan<UInt8>, encoding: ImageEncoding) {
    image.write(into: &bytes, encoding: encoding)
  }

  /// Writes the last spectrum's image as imageChannels × channels × channels floats.
  package func writeImage(into values: inout MutableSpan<Float>) {
    image.write(into: &values)
  }

  private mutating func correlate() {
    if correlator == nil {
      net.copyPrefix(channels, of: window)
    } else {
      correlator?.apply(window, into: &net)
    }
  }

  private mutating func scale() {
    let (mean, deviation): (Double, Double)
    switch scaling {
    case .snv:
      mean = Statistics.mean(net)
      deviation = Statistics.standardDeviation(net, mean: mean)
    case .global(let trainingMean, let trainingDeviation):
      (mean, deviation) = (trainingMean, trainingDeviation)
    }
    // No real spectrum is this even; dividing by it would make a shape out of rounding errors.
    let isShapeless = scaling == .snv && deviation < 1e-9
    guard !isShapeless else {
      for index in 0..<channels { scaled[index] = 0 }
      return
    }
    net.withSpan { net in
      scaled.withMutableSpan { scaled in
        precondition(scaled.count == net.count, "spectra of one length")
        for index in net.indices {
          scaled[index] = (net[index] - mean) / deviation
        }
      }
    }
  }

  private mutating func correctScatter() -> Bool {
    guard corrector != nil else {
      corrected.copyPrefix(channels, of: scaled)
      return true
    }
    return corrector?.apply(scaled, into: &corrected) ?? true
  }

  /// Replaces a spectrum that overflowed by zeros and says so, for no NaN may reach a network.
  private mutating func keepFinite() -> Bool {
    for index in 0..<channels where !derivative[index].isFinite {
      for index in 0..<channels { derivative[index] = 0 }
      return false
    }
    return true
  }
}
