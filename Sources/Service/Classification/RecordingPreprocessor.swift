import Chemometrics
package import Spectra

/// How far `spectractl preprocess` takes each sample.
package enum PreprocessingStage: String, CaseIterable, Sendable {
  /// The median absorbance on the window.
  case median
  /// The net signal: signatures correlated, added and subtracted.
  case net
  /// The scaled net signal.
  case scaling
  /// The scatter-corrected signal.
  case scatter
  /// Its derivative.
  case derivative
  /// The image and the meta-features that the network reads.
  case image
}

/// Takes the samples of a recording through the daemon's own preprocessing, for training.
package struct RecordingPreprocessor: ~Copyable {
  /// The targets' names, in the bundle's order.
  package let targetNames: [String]
  /// How many points a spectrum has: the window's.
  package let channels: Int

  private let classifier: BundleClassifier
  private let median: SampleMedianSpectrum
  private var frame = ScanFrame()

  /// Prepares the preprocessing of `bundle`, which may be a draft.
  package init(_ classifier: BundleClassifier) {
    self.classifier = classifier
    targetNames = classifier.targets.map(\.target.name)
    channels = classifier.bundle.window.count
    median = SampleMedianSpectrum(classifier.bundle, gates: classifier.gates)
  }

  /// What one sample came to.
  package struct Outcome: Equatable, Sendable {
    /// How many scans were accepted.
    package let acceptedScans: Int
    /// Median temperature in °C; nil when no scan was accepted.
    package let temperatureCelsius: Double?
    /// Median relative humidity in percent; nil when no scan was accepted.
    package let relativeHumidityPercent: Double?
    /// What was wrong with the scans that were not accepted.
    package let reasons: QualityReasons
  }

  /// Forms the median of one recorded sample.
  package mutating func formMedian(
    of recorded: RecordedSample,
    in recording: Recording
  ) -> Outcome {
    median.removeAll()
    var reasons: QualityReasons = []
    for index in recorded.scans {
      let scan = recording.scans[index]
      frame.load(scan, wavelengthsNanometres: recording.wavelengthsNanometres)
      reasons.formUnion(median.add(frame, hasSignals: scan.sampleSignal != nil))
    }
    return Outcome(
      acceptedScans: median.scansCount,
      temperatureCelsius: median.temperatureCelsius,
      relativeHumidityPercent: median.relativeHumidityPercent,
      reasons: reasons
    )
  }

  /// The last median's spectrum at `stage` of target `index`, one number per point of the window.
  ///
  /// For `.image` use `image(ofTarget:)`. At least one scan must have been accepted.
  package func spectrum(at stage: PreprocessingStage, ofTarget index: Int) -> [Double] {
    let target = process(target: index)
    guard let inner = TargetPreprocessor.Stage(rawValue: stage.rawValue) else {
      return median.withSpectrum { span in span.indices.map { span[$0] } }
    }
    return target.withStage(inner) { span in span.indices.map { span[$0] } }
  }

  /// The last median's image, channels first, and the seven meta-features of target `index`.
  package func image(ofTarget index: Int) -> (image: [Float], metaFeatures: [Float]) {
    let target = process(target: index)
    var image = [Float](
      repeating: 0,
      count: imageChannelCount(ofTarget: index) * channels * channels
    )
    var span = image.mutableSpan
    target.writeImage(into: &span)
    let features = target.withMetaFeatures { span in span.indices.map { span[$0] } }
    return (image, features)
  }

  /// How many channels the image of target `index` has.
  package func imageChannelCount(ofTarget index: Int) -> Int {
    classifier.targets[index].target.constants.image.channels.count
  }

  private func process(target index: Int) -> TargetClassifier {
    let target = classifier.targets[index]
    _ = median.withSpectrum { spectrum in
      target.preprocess(
        window: spectrum,
        temperatureCelsius: median.temperatureCelsius ?? 0,
        relativeHumidityPercent: median.relativeHumidityPercent ?? 0
      )
    }
    return target
  }
}
