package import Spectra

/// Step 13: how a spectrum's values move between their quantile bins, from point to point.
package struct MarkovTransitions: ~Copyable {
  /// More bins than this leave too few points in each.
  package static let mostBins = 32

  /// How many bins there are.
  package let binCount: Int
  private var sorted: FixedArray<Double>
  private var edges: FixedArray<Double>
  private var bins: FixedArray<UInt8>
  /// The share of transitions a → b among those that leave a, at a · binCount + b.
  private var shares: FixedArray<Float>
  private var counts: FixedArray<Int32>

  /// Allocates for spectra of `points` values, at least two.
  package init(binCount: Int, points: Int) {
    self.binCount = binCount
    sorted = FixedArray(repeating: 0, count: points)
    edges = FixedArray(repeating: 0, count: binCount - 1)
    bins = FixedArray(repeating: 0, count: points)
    shares = FixedArray(repeating: 0, count: binCount * binCount)
    counts = FixedArray(repeating: 0, count: binCount * binCount)
  }

  /// The bin of the spectrum's point at `index`.
  package func bin(at index: Int) -> Int { Int(bins[index]) }

  /// The share of the transitions out of bin `from` that lead to bin `to`, 0 to 1.
  package func share(from: Int, to: Int) -> Float { shares[from * binCount + to] }

  /// The quantized shares of the transitions out of bin `from`, by the bin that they lead to.
  func quantizedShares(from: Int, _ quantizer: Quantizer) -> InlineArray<32, UInt8> {
    var quantized = InlineArray<32, UInt8>(repeating: 0)
    for to in 0..<binCount { quantized[to] = quantizer.quantize(share(from: from, to: to)) }
    return quantized
  }

  /// Finds the bins and the transitions of `spectrum`, whose values are finite.
  package mutating func analyse(_ spectrum: borrowing FixedArray<Double>) {
    sort(spectrum)
    for edge in 0..<edges.count {
      edges[edge] = percentile(Double(edge + 1) * (100 / Double(binCount)))
    }
    for index in 0..<spectrum.count {
      var bin: UInt8 = 0
      for edge in 0..<edges.count where edges[edge] < spectrum[index] { bin += 1 }
      bins[index] = bin
    }
    countTransitions()
  }

  private mutating func countTransitions() {
    for index in 0..<counts.count { counts[index] = 0 }
    for index in 1..<bins.count {
      counts[Int(bins[index - 1]) * binCount + Int(bins[index])] += 1
    }
    for from in 0..<binCount {
      var leaving: Int32 = 0
      for to in 0..<binCount { leaving += counts[from * binCount + to] }
      // A bin that is never left has a row of zeros.
      let divisor = Double(max(leaving, 1))
      for to in 0..<binCount {
        shares[from * binCount + to] = Float(Double(counts[from * binCount + to]) / divisor)
      }
    }
  }

  /// The percentile by linear interpolation, in numpy's own order of operations.
  ///
  /// A value may equal an edge, so the last bit decides a bin.
  private func percentile(_ percent: Double) -> Double {
    let place = percent / 100 * Double(sorted.count - 1)
    let below = Int(place)
    let share = place - Double(below)
    let (low, high) = (sorted[below], sorted[min(below + 1, sorted.count - 1)])
    return share >= 0.5 ? high - (high - low) * (1 - share) : low + (high - low) * share
  }

  private mutating func sort(_ spectrum: borrowing FixedArray<Double>) {
    for index in 0..<spectrum.count {
      let value = spectrum[index]
      var place = index
      while place > 0, sorted[place - 1] > value {
        sorted[place] = sorted[place - 1]
        place -= 1
      }
      sorted[place] = value
    }
  }
}
