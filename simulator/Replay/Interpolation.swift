/// Straight lines between neighbouring values.
package enum Interpolation {
  /// The values at `wanted`, each on the line between its neighbours, held beyond the ends.
  ///
  /// `positions` rises and is as long as `values`, which may hold NaN: so do then the results
  /// between it and its neighbours.
  package static func values(
    at wanted: [Double],
    positions: [Double],
    values: [Double]
  ) -> [Double] {
    precondition(positions.count == values.count, "one value per position")
    precondition(!positions.isEmpty, "at least one position")
    return wanted.map { position in
      guard position > positions[0] else { return values[0] }
      var (low, high) = (0, positions.count)
      // Invariant: positions[low] < position, and every position from `high` on is not below it.
      while high - low > 1 {
        let middle = (low + high) / 2
        if positions[middle] < position { low = middle } else { high = middle }
      }
      guard high < positions.count else { return values[low] }
      guard positions[high] > position else { return values[high] }
      let fraction = (position - positions[low]) / (positions[high] - positions[low])
      return values[low] + (values[high] - values[low]) * fraction
    }
  }
}
