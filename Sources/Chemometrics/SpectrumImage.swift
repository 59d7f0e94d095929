import Spectra

/// Steps 10 to 14: a spectrum drawn as an image, one pixel per pair of wavelengths.
struct SpectrumImage: ~Copyable {
  let kinds: FixedArray<TargetConstants.ImageChannel>
  let points: Int
  /// cos φ: the spectrum scaled to −1…1; zeros behind it fill the last vector.
  private(set) var cosines: FixedArray<Float>
  /// sin φ, never negative.
  private(set) var sines: FixedArray<Float>
  private(set) var transitions: MarkovTransitions

  init(_ image: TargetConstants.Image, points: Int) {
    precondition(points <= Limits.wavelengths, "a row fits its storage")
    kinds = FixedArray(image.channels)
    self.points = points
    let padded = (points + 7) / 8 * 8
    cosines = FixedArray(repeating: 0, count: padded)
    sines = FixedArray(repeating: 0, count: padded)
    transitions = MarkovTransitions(binCount: image.mtfBins, points: points)
  }

  var channelCount: Int { kinds.count }

  /// Prepares the rows that the image is made of and returns whether the spectrum has a shape.
  mutating func draw(_ spectrum: borrowing FixedArray<Double>) -> Bool {
    let (lowest, highest) = Statistics.range(spectrum)
    let range = highest - lowest
    spectrum.withSpan { spectrum in
      cosines.withMutableSpan { cosines in
        sines.withMutableSpan { sines in
          SpectrumImage.findAngles(spectrum, lowest, highest, &cosines, &sines)
        }
      }
    }
    transitions.analyse(spectrum)
    return range >= 1e-6
  }

  private static func findAngles(
    _ spectrum: Span<Double>,
    _ lowest: Double,
    _ highest: Double,
    _ cosines: inout MutableSpan<Float>,
    _ sines: inout MutableSpan<Float>
  ) {
    precondition(cosines.count >= spectrum.count && sines.count >= spectrum.count, "whole rows")
    let range = highest - lowest
    guard range > 0 else {
      for index in spectrum.indices { (cosines[index], sines[index]) = (0, 1) }
      return
    }
    for index in spectrum.indices {
      let scaled = (2 * spectrum[index] - highest - lowest) / range
      // In this order a number that overflowed to NaN becomes 1.
      var cosine = scaled < 1 ? scaled : 1
      cosine = cosine > -1 ? cosine : -1
      cosines[index] = Float(cosine)
      sines[index] = Float((1 - cosine * cosine).squareRoot())
    }
  }

  /// Writes all channels as points × points floats each.
  func write(into values: inout MutableSpan<Float>) {
    precondition(values.count == kinds.count * points * points, "one element per pixel")
    for channel in 0..<kinds.count {
      for row in 0..<points {
        for column in 0..<points {
          values[(channel * points + row) * points + column] = pixel(kinds[channel], row, column)
        }
      }
    }
  }

  private func pixel(_ kind: TargetConstants.ImageChannel, _ row: Int, _ column: Int) -> Float {
    switch kind {
    case .gasf: cosines[row] * cosines[column] - sines[row] * sines[column]
    case .gadf: sines[row] * cosines[column] - cosines[row] * sines[column]
    case .mtf:
      transitions.share(from: transitions.bin(at: row), to: transitions.bin(at: column))
    }
  }
}
