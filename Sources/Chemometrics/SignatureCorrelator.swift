import Spectra

/// Steps 4 and 5: the spectrum correlated with the signatures, added less subtracted.
///
/// Correlation is linear in the signature, so all signatures become one: with m the spectrum's
/// mean, Σ added (s − m) − Σ subtracted (s − m) = combined − m · surplus.
struct SignatureCorrelator: ~Copyable {
  private let combined: FixedArray<Double>
  /// How many more signatures are added than subtracted.
  private let surplus: Double
  private var centred: FixedArray<Double>
  /// The combined signature less its share of the mean, reversed, between two runs of zeros.
  private var kernel: FixedArray<Double>

  /// Outputs that are summed at a time: as many vectors as hide the time of an addition.
  private static let blockCount = 16

  init(_ net: TargetConstants.NetSignal, channels: Int) {
    var sum = Array(repeating: 0.0, count: channels)
    for signature in net.added { for index in 0..<channels { sum[index] += signature[index] } }
    for signature in net.subtracted { for index in 0..<channels { sum[index] -= signature[index] } }
    combined = FixedArray(sum)
    surplus = Double(net.added.count - net.subtracted.count)
    centred = FixedArray(repeating: 0, count: channels)
    // The last block may reach beyond the last output.
    kernel = FixedArray(repeating: 0, count: 3 * channels + SignatureCorrelator.blockCount)
  }

  /// Writes the net signal of `spectrum`; both have one element per wavelength.
  mutating func apply(_ spectrum: borrowing FixedArray<Double>, into net: inout FixedArray<Double>)
  {
    let count = combined.count
    let mean = Statistics.mean(spectrum)
    for index in 0..<count {
      centred[index] = spectrum[index] - mean
      // The *spectrum's* mean is taken from the signature too: the published method does so.
      kernel[2 * count - 1 - index] = combined[index] - mean * surplus
    }
    correlate(into: &net)
  }

  /// Mode "same": the middle of the full correlation, from its element (count − 1) / 2 on.
  private func correlate(into net: inout FixedArray<Double>) {
    let count = combined.count
    // out[j] = Σ_l a[l] · b[l − j + shift], and b[k] stands at kernel[2 · count − 1 − k].
    let shift = count - 1 - (count - 1) / 2
    for start in stride(from: 0, to: count, by: SignatureCorrelator.blockCount) {
      let sums = block(from: start + 2 * count - 1 - shift)
      for index in 0..<min(SignatureCorrelator.blockCount, count - start) {
        net[start + index] = sums[index]
      }
    }
  }

  /// The products of the centred spectrum with the kernel from `place` on, then from the place
  /// before, and so on, summed in that order for each of sixteen neighbouring outputs.
  private func block(from place: Int) -> SIMD16<Double> {
    centred.withSpan { centred in
      kernel.withSpan { kernel in
        var sums = SIMD16<Double>()
        for lag in centred.indices {
          sums += centred[lag] * kernel.vector16(at: place - lag)
        }
        return sums
      }
    }
  }
}
