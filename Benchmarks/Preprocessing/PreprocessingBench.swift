import Chemometrics
import Spectra

/// Synthetic samples and everything that takes a scan of them to a network's input.
///
/// 228 points are resampled onto 85; temperature and humidity go through the median as well.
final class PreprocessingBench {
  static let scans = 60
  private static let (points, size, samples) = (228, 85, 8)

  private let grid = (0..<points).map { 901.5 + 3.52 * Double($0) }
  /// The absorbances of all scans of all samples.
  private let absorbances: [[Double]]
  private var resampler: AxisResampler
  private var median = SampleMedian(channels: size + 2, capacity: Limits.scansPerSample)
  private var preprocessor: TargetPreprocessor
  private var window = FixedArray(repeating: 0.0, count: size)
  private var scan = FixedArray(repeating: 30.0, count: size + 2)
  private var medians = FixedArray(repeating: 30.0, count: size + 2)
  private var bytes = FixedArray<UInt8>(repeating: 0, count: 3 * size * size)
  /// The last scan of the sample in hand.
  private var last = 0

  init() throws {
    let axis = WavelengthAxis(startNanometres: 900, endNanometres: 1700, points: 170)
    guard let axis else { preconditionFailure("the published axis is valid") }
    resampler = AxisResampler(axis: axis, window: 11..<96)
    preprocessor = TargetPreprocessor(constants: try PreprocessingBench.makeConstants())
    var state: UInt64 = 7
    // Noise, so that no branch finds its way by habit.
    let nanometres = grid
    absorbances = (0..<(PreprocessingBench.samples * PreprocessingBench.scans)).map { _ in
      nanometres.map { wavelength in
        let bandDistance = (wavelength - 1195) / 60
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let noise = 1e-3 * Double(state >> 40) / Double(1 << 24)
        return 0.4 + 0.5 / (1 + bandDistance * bandDistance) + 1e-4 * wavelength + noise
      }
    }
    prepareGrid()
  }

  /// Does, untimed, what has to be done before `step`.
  func prepare(_ step: PreprocessingBenchmark.Step, sample: Int) {
    let first = sample % PreprocessingBench.samples * PreprocessingBench.scans
    last = first + PreprocessingBench.scans - 1
    guard step == .median || step == .whole else { return }
    median.removeAll()
    for index in first..<last {
      resample(index)
      addToMedian()
    }
    resample(last)
  }

  func perform(_ step: PreprocessingBenchmark.Step) {
    switch step {
    case .grid: prepareGrid()
    case .resample: resample(last)
    case .median: addToMedian()
    case .spectrum: processSpectrum()
    case .planarImage: writeImage(PreprocessingBench.planar)
    case .image: writeImage(PreprocessingBench.interleaved)
    case .croppedImage: writeImage(PreprocessingBench.cropped)
    case .whole:
      resample(last)
      addToMedian()
      processSpectrum()
      writeImage(PreprocessingBench.interleaved)
    }
  }

  private func prepareGrid() {
    let nanometres = grid
    resampler.prepare(wavelengthsNanometres: nanometres.span)
  }

  private func resample(_ index: Int) {
    let absorbance = absorbances[index]
    window.withMutableSpan { _ = resampler.resample(absorbance.span, into: &$0) }
    scan.copyPrefix(PreprocessingBench.size, of: window)
  }

  private func addToMedian() {
    scan.withSpan { median.add($0) }
    medians.withMutableSpan { median.write(into: &$0) }
  }

  private func processSpectrum() {
    _ = medians.withSpan { medians in
      preprocessor.process(
        medians.extracting(first: PreprocessingBench.size),
        temperatureCelsius: medians[PreprocessingBench.size],
        relativeHumidityPercent: medians[PreprocessingBench.size + 1]
      )
    }
  }

  private func writeImage(_ encoding: ImageEncoding) {
    bytes.withMutableSpan { preprocessor.writeImage(into: &$0, encoding: encoding) }
  }
}

extension PreprocessingBench {
  private static let planar = encoding(row: size, column: 1, channel: size * size)
  private static let interleaved = encoding(row: 3 * size, column: 3, channel: 1)
  private static let cropped = interleaved.cropped(rows: 76, columns: 76)

  private static func encoding(row: Int, column: Int, channel: Int) -> ImageEncoding {
    ImageEncoding(
      scale: 1 / 127.5,
      zeroPoint: 127,
      isSigned: false,
      rows: size,
      columns: size,
      rowStride: row,
      columnStride: column,
      channelStride: channel
    )
  }

  private static func makeConstants() throws -> TargetConstants {
    func curve(_ centre: Double) -> [Double] {
      (0..<size).map { index in
        let distance = (Double(index) - centre) / 12
        return 0.1 + 1 / (1 + distance * distance)
      }
    }
    return try TargetConstants(
      channels: size,
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
