/// All numbers of one target of a bundle, checked: every length against the window, all finite.
///
/// Errors name fields as `bundle.json` does, relative to the target.
package struct TargetConstants: Equatable, Sendable {
  /// How each spectrum is brought to a common scale (step 6).
  package enum Scaling: Equatable, Sendable {
    /// Each spectrum by its own mean and standard deviation.
    case snv
    /// Every spectrum by the same two numbers, from training.
    case global(mean: Double, standardDeviation: Double)
  }

  /// The signatures whose correlations make the net signal, one value per wavelength each.
  package struct NetSignal: Equatable, Sendable {
    /// Signatures whose correlation is added.
    package var added: [[Double]]
    /// Signatures whose correlation is subtracted.
    package var subtracted: [[Double]]

    /// Makes a net signal; at least one signature is needed.
    package init(added: [[Double]], subtracted: [[Double]]) {
      (self.added, self.subtracted) = (added, subtracted)
    }
  }

  /// Extended multiplicative scatter correction (step 7).
  package struct ScatterCorrection: Equatable, Sendable {
    /// The order of the polynomial baseline, 0 to 2.
    package var order: Int
    /// The mean training spectrum at this step, one value per wavelength.
    package var reference: [Double]
    /// A slope on the reference below this is `scatterDegenerate`.
    package var minimumSlope: Double

    /// Makes a correction from its parts.
    package init(order: Int, reference: [Double], minimumSlope: Double = 0.1) {
      (self.order, self.reference, self.minimumSlope) = (order, reference, minimumSlope)
    }
  }

  /// The Savitzky-Golay filter (step 8), with spacing 1.
  package struct SavitzkyGolay: Equatable, Sendable {
    /// How many points the polynomial is fitted to; odd.
    package var window: Int
    /// The polynomial's order, below the window.
    package var polynomial: Int
    /// Which derivative is taken, at most the polynomial's order; 0 smooths.
    package var derivative: Int

    /// Makes a filter from its parts.
    package init(window: Int, polynomial: Int, derivative: Int) {
      (self.window, self.polynomial, self.derivative) = (window, polynomial, derivative)
    }
  }

  /// What the seven meta-features are computed and standardised with (step 9).
  package struct MetaFeatures: Equatable, Sendable {
    /// The mean training spectrum after the derivative.
    package var pcaMean: [Double]
    /// Two principal axes, one value per wavelength each.
    package var loadings: [[Double]]
    /// The training variances of the two components.
    package var variances: [Double]
    /// Two cluster centres after the derivative, one value per wavelength each.
    package var clusters: [[Double]]
    /// The training mean of each meta-feature.
    package var mean: [Double]
    /// The training standard deviation of each meta-feature.
    package var standardDeviation: [Double]

    /// Makes the constants from their parts.
    package init(
      pcaMean: [Double],
      loadings: [[Double]],
      variances: [Double],
      clusters: [[Double]],
      mean: [Double],
      standardDeviation: [Double]
    ) {
      (self.pcaMean, self.loadings, self.variances) = (pcaMean, loadings, variances)
      (self.clusters, self.mean, self.standardDeviation) = (clusters, mean, standardDeviation)
    }
  }

  /// What one channel of the image shows.
  package enum ImageChannel: String, CaseIterable, Sendable, BitwiseCopyable {
    /// Gramian angular summation field, cos(φi + φj).
    case gasf
    /// Gramian angular difference field, sin(φi − φj).
    case gadf
    /// Markov transition field.
    case mtf
  }

  /// The image's channels in the network's order and the bins of the Markov field.
  package struct Image: Equatable, Sendable {
    /// Each channel at most once, at least one.
    package var channels: [ImageChannel]
    /// Quantile bins of the Markov field, 2 to 32.
    package var mtfBins: Int

    /// Makes an image from its parts.
    package init(channels: [ImageChannel] = [.gasf, .gadf, .mtf], mtfBins: Int = 5) {
      (self.channels, self.mtfBins) = (channels, mtfBins)
    }
  }

  /// Limits beyond which a spectrum is `outsideCalibration`; nil is no limit.
  package struct CalibrationLimits: Equatable, Sendable {
    /// The largest Hotelling T² of the two components.
    package var t2: Double?
    /// The largest squared distance from the two-component model.
    package var q: Double?

    /// Makes limits from their parts.
    package init(t2: Double? = nil, q: Double? = nil) { (self.t2, self.q) = (t2, q) }
  }

  /// How many meta-features there are.
  package static let metaFeatureCount = 7

  /// How many wavelengths the window has.
  package let channels: Int
  /// The signatures; nil when the spectrum itself is the net signal.
  package let net: NetSignal?
  /// The scaling.
  package let scaling: Scaling
  /// The scatter correction; nil when there is none.
  package let scatterCorrection: ScatterCorrection?
  /// The derivative filter.
  package let savitzkyGolay: SavitzkyGolay
  /// The meta-features' constants.
  package let metaFeatures: MetaFeatures
  /// The image's channels.
  package let image: Image
  /// The limits of the calibration.
  package let limits: CalibrationLimits

  /// Checks every length and number against a window of `channels` wavelengths.
  package init(
    channels: Int,
    net: NetSignal?,
    scaling: Scaling,
    scatterCorrection: ScatterCorrection?,
    savitzkyGolay: SavitzkyGolay,
    metaFeatures: MetaFeatures,
    image: Image = Image(),
    limits: CalibrationLimits = CalibrationLimits()
  ) throws(ConstantsError) {
    (self.channels, self.net, self.scaling) = (channels, net, scaling)
    (self.scatterCorrection, self.savitzkyGolay) = (scatterCorrection, savitzkyGolay)
    (self.metaFeatures, self.image, self.limits) = (metaFeatures, image, limits)
    try check()
  }
}
