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

  init(_ net: TargetConstants.NetSignal, channels: Int) {
    var sum = Array(repeating: 0.0, count: channels)
    for signature in net.added { for index in 0..<channels { sum[index] += signature[index] } }
    for signature in net.subtracted { for index in 0..<channels { sum[index] -= signature[index] } }
    combined = FixedArray(sum)
    surplus = Double(net.added.count - net.subtracted.count)
    centred = FixedArray(repeating: 0, count: channels)
    kernel = FixedArray(repeating: 0, count: 3 * channels)
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
    net.withMutableSpan { net in
      for index in net.indices { net[index] = 0 }
      centred.withSpan { centred in
        kernel.withSpan { kernel in
          for lag in centred.indices {
            let start = 2 * count - 1 - lag - shift
            let section = kernel.extracting(start..<(start + count))
            SignatureCorrelator.accumulate(section, times: centred[lag], into: &net)
          }
        }
      }
    }
  }

  /// Adds a multiple of one vector to another, element by element: no element waits for the one
  /// before it, so the loop becomes vector instructions.
  private static func accumulate(
    _ section: Span<Double>,
    times factor: Double,
    into sum: inout MutableSpan<Double>
  ) {
    precondition(section.count == sum.count, "vectors of one length")
    for index in section.indices { sum[index] += factor * section[index] }
  }
}
