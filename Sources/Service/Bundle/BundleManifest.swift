/// The contents of `bundle.json`, as written: shapes and numbers are checked by `BundleLoader`.
///
/// A draft, as the training workshop makes on its way, may lack everything that training finds
/// out: scatter reference, meta-feature constants, members, golden cases.
package struct BundleManifest: Decodable, Sendable {
  /// The version of this format; 1 is the only one.
  var format: WholeNumber
  /// The bundle's name, for example `blood-synthetic`.
  package var name: String
  /// The bundle's version, for example `1.0.0`.
  package var version: String
  /// What it is, for people.
  package var description: String?
  /// What it may be used for.
  package var intendedUse: String?
  /// The wavelength axis that spectra are brought onto.
  package var axis: Axis
  /// The part of the axis that is used.
  package var window: Window
  /// Pure-compound signatures on the window, by name.
  package var signatures: [String: [Double]]?
  /// What is predicted, at least one.
  package var targets: [TargetManifest]
  /// The limits of the quality gates.
  package var quality: Quality?
  /// The kind of reference that the training scans had.
  package var reference: String?
  /// Whether predictions are for demonstration only.
  package var demonstration: Bool?
  /// The golden cases that the daemon replays at load.
  package var golden: GoldenFile?

  /// An evenly spaced axis.
  package struct Axis: Decodable, Sendable {
    var startNanometres: Double
    var endNanometres: Double
    var points: WholeNumber
  }

  /// A range of wavelengths, both ends included.
  package struct Window: Decodable, Sendable {
    var startNanometres: Double
    var endNanometres: Double
  }

  /// The limits of the quality gates; a limit of 0 counts is off.
  package struct Quality: Decodable, Sendable {
    var minimumSignalCounts: Double?
    var maximumRawCounts: Double?
    var minimumScatterSlope: Double?
  }

  /// A file and what its bytes must hash to.
  package struct GoldenFile: Decodable, Sendable {
    var file: String
    var sha256: String
  }
}

/// One target of a bundle.
package struct TargetManifest: Decodable, Sendable {
  /// The target's name, for example `hdl_cholesterol`.
  package var name: String
  /// Class names in the order of the networks' outputs.
  package var classes: [String]
  /// Which signatures are correlated with the spectrum.
  package var net: Net?
  /// How the spectrum is scaled.
  package var scaling: Scaling
  /// How scatter is corrected.
  package var scatterCorrection: ScatterCorrection?
  /// The derivative filter.
  package var savitzkyGolay: SavitzkyGolay
  /// What the meta-features are computed with.
  package var metaFeatures: MetaFeatures?
  /// How the spectrum is drawn.
  package var image: Image
  /// The networks of the ensemble; empty in a draft.
  package var members: [Member]?
  /// How the members' answers are combined; `geometricMean` is the only way.
  package var combine: String?
  /// When no answer is given.
  package var abstain: Abstain?

  /// Names of signatures whose correlations are added and subtracted.
  package struct Net: Decodable, Sendable {
    var add: [String]?
    var subtract: [String]?
  }

  /// `snv`, or `global` with constants.
  package struct Scaling: Decodable, Sendable {
    var kind: String
    var mean: Double?
    var standardDeviation: Double?
  }

  /// Extended multiplicative signal correction.
  package struct ScatterCorrection: Decodable, Sendable {
    var order: WholeNumber
    var reference: [Double]
  }

  /// A Savitzky-Golay filter.
  package struct SavitzkyGolay: Decodable, Sendable {
    var window: WholeNumber
    var polynomial: WholeNumber
    var derivative: WholeNumber
  }

  /// Constants of the seven meta-features.
  package struct MetaFeatures: Decodable, Sendable {
    var pca: PrincipalComponents
    var clusters: [[Double]]
    var mean: [Double]
    var standardDeviation: [Double]
  }

  /// Two principal components.
  package struct PrincipalComponents: Decodable, Sendable {
    var mean: [Double]
    var loadings: [[Double]]
    var variances: [Double]
  }

  /// The channels of the image.
  package struct Image: Decodable, Sendable {
    var channels: [String]
    var mtfBins: WholeNumber
  }

  /// One network of the ensemble.
  package struct Member: Decodable, Sendable {
    var file: String
    var sha256: String
  }

  /// Limits beyond which no class is named.
  package struct Abstain: Decodable, Sendable {
    var minimumProbability: Double?
    var t2Limit: Double?
    var qLimit: Double?
  }
}

/// The contents of `golden.json`: what the bundle answered on the machine that made it.
struct GoldenCases: Decodable, Sendable {
  var cases: [Case]

  /// One sample and its answers.
  struct Case: Decodable, Sendable {
    var name: String?
    var scans: [Scan]
    var targets: [Answer]
  }

  /// One scan on the bundle's axis.
  struct Scan: Decodable, Sendable {
    var absorbance: [Double]
    var temperatureCelsius: Double
    var relativeHumidityPercent: Double
  }

  /// What one target must answer.
  struct Answer: Decodable, Sendable {
    var name: String
    /// The seven standardised meta-features.
    var metaFeatures: [Double]
    /// Base64 of the quantized image, channels first, one byte per element.
    var image: String
    var probabilities: [Double]
  }
}
