import Chemometrics
import Spectra

/// How long the preprocessing of one scan takes, step by step and as a whole.
enum PreprocessingBenchmark {
  /// How long one step took.
  struct Timing {
    let step: String
    let medianMicroseconds: Double
    /// Only of the whole, for it is what is compared with other programs.
    var fastestMicroseconds: Double?
  }

  private static let (warmUp, rounds) = (200, 2_000)

  /// Times the last scan of many samples; all steps take turns, so that noise meets them alike.
  ///
  /// The sample's last scan is its dearest: 59 are in the median already.
  static func run() throws -> [Timing] {
    let bench = try PreprocessingBench()
    var times = Step.allCases.map { _ in [Duration]() }
    for round in 0..<(warmUp + rounds) {
      for step in Step.allCases {
        bench.prepare(step, sample: round)
        let start = ContinuousClock.now
        bench.perform(step)
        let elapsed = ContinuousClock.now - start
        if round >= warmUp { times[step.rawValue].append(elapsed) }
      }
    }
    return Step.allCases.map { step in
      let sorted = times[step.rawValue].sorted().map { $0 / .microseconds(1) }
      return Timing(
        step: step.name,
        medianMicroseconds: sorted[sorted.count / 2],
        fastestMicroseconds: step == .whole ? sorted[0] : nil
      )
    }
  }
}

extension PreprocessingBenchmark {
  /// What is timed.
  enum Step: Int, CaseIterable {
    case grid, resample, median, spectrum, planarImage, image, croppedImage, whole

    var name: String {
      switch self {
      case .grid: "weights of a new grid"
      case .resample: "resample"
      case .median: "median of \(PreprocessingBench.scans) scans"
      case .spectrum: "correlation to meta-features, one target"
      case .planarImage: "planar image as uint8, one target"
      case .image: "interleaved image as uint8, one target"
      case .croppedImage: "the same, 76 of 85 rows and columns"
      case .whole: "one scan, one target, \(PreprocessingBench.scans) scans in the median"
      }
    }
  }
}
