package import Spectra

/// Step 13: how a spectrum's values move between their quantile bins, from point to point.
package struct MarkovTransitions: ~Copyable {
  /// More bins than this leave too few points in each.
  package static let mostBins = 32

  /// How many bins there are.
  package let binCount: Int
  private var sorted: FixedArray<Double>
  /// Which interval of the range each value lies in, and where the values of each start.
  private var intervals: FixedArray<Int32>
  private var starts: FixedArray<Int32>
  private var edges: FixedArray<Double>
  private var bins: FixedArray<UInt8>
  /// The share of transitions a → b among those that leave a, at a · binCount + b.
  private var shares: FixedArray<Float>
  private var counts: FixedArray<Int32>

  /// Allocates for spectra of `points` values, at least two.
  package init(binCount: Int, points: Int) {
    self.binCount = binCount
    sorted = FixedArray(repeating: 0, count: points)
    intervals = FixedArray(repeating: 0, count: points)
    starts = FixedArray(repeating: 0, count: points + 1)
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
    findBins(spectrum)
    countTransitions()
  }

  /// A point's bin is how many edges lie below it.
  private mutating func findBins(_ spectrum: borrowing FixedArray<Double>) {
    edges.withSpan { edges in
      spectrum.withSpan { spectrum in
        bins.withMutableSpan { bins in
          precondition(bins.count == spectrum.count, "one bin per point")
          for index in spectrum.indices {
            var bin = 0
            for edge in edges.indices { bin &+= edges[edge] < spectrum[index] ? 1 : 0 }
            bins[index] = UInt8(truncatingIfNeeded: bin)
          }
        }
      }
    }
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

  /// Puts every value near its place by its size alone, then lets it walk the rest.
  private mutating func sort(_ spectrum: borrowing FixedArray<Double>) {
    scatter(spectrum)
    sorted.withMutableSpan { sorted in
      for index in sorted.indices {
        let value = sorted[index]
        var place = index
        while place > 0, sorted[place - 1] > value {
          sorted[place] = sorted[place - 1]
          place -= 1
        }
        sorted[place] = value
      }
    }
  }

  /// Distributes the values over as many equal intervals as there are values.
  private mutating func scatter(_ spectrum: borrowing FixedArray<Double>) {
    let count = spectrum.count
    let (lowest, highest) = Statistics.range(spectrum)
    let factor = Double(count - 1) / (highest - lowest)
    // A range so narrow or so wide has no intervals: the walk does it all.
    guard factor > 0 && factor.isFinite else { return sorted.copyPrefix(count, of: spectrum) }
    for interval in 0...count { starts[interval] = 0 }
    for index in 0..<count {
      let interval = min(count - 1, Int((spectrum[index] - lowest) * factor))
      intervals[index] = Int32(interval)
      starts[interval + 1] += 1
    }
    for interval in 0..<count { starts[interval + 1] += starts[interval] }
    for index in 0..<count {
      let interval = Int(intervals[index])
      sorted[Int(starts[interval])] = spectrum[index]
      starts[interval] += 1
    }
  }
}
