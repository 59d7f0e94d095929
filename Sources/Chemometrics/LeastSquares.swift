/// Linear least squares by Householder reflections, done once when constants are loaded.
enum LeastSquares {
  /// The pseudo-inverse of a tall matrix, one row per coefficient, or nil without full rank.
  ///
  /// `columns` holds the matrix by columns, all of the same length, not fewer rows than columns.
  static func pseudoInverse(columns: [[Double]]) -> [[Double]]? {
    let (rowCount, columnCount) = (columns[0].count, columns.count)
    precondition(rowCount >= columnCount, "a least-squares matrix is at least as tall as wide")
    var upper = columns
    // Applying the reflections to the identity as well turns it into Qᵀ.
    var rotated = (0..<rowCount).map { row in
      (0..<rowCount).map { $0 == row ? 1.0 : 0.0 }
    }
    for step in 0..<columnCount {
      let original = norm(columns[step][...])
      let reflector = reflector(for: upper[step], from: step)
      for column in step..<columnCount { reflect(&upper[column], by: reflector, from: step) }
      for column in 0..<rowCount { reflect(&rotated[column], by: reflector, from: step) }
      guard abs(upper[step][step]) > 1e-10 * original else { return nil }
    }
    var inverse = Array(repeating: Array(repeating: 0.0, count: rowCount), count: columnCount)
    for row in 0..<rowCount {
      for step in stride(from: columnCount - 1, through: 0, by: -1) {
        var value = rotated[row][step]
        for later in (step + 1)..<max(columnCount, step + 1) {
          value -= upper[later][step] * inverse[later][row]
        }
        inverse[step][row] = value / upper[step][step]
      }
    }
    return inverse
  }

  /// The unit vector whose reflection leaves only element `start` of the vector's tail.
  private static func reflector(for column: [Double], from start: Int) -> [Double] {
    var tail = Array(column[start...])
    // The sign avoids cancellation.
    tail[0] += tail[0] < 0 ? -norm(tail[...]) : norm(tail[...])
    let length = norm(tail[...])
    return length > 0 ? tail.map { $0 / length } : tail
  }

  private static func reflect(_ vector: inout [Double], by reflector: [Double], from start: Int) {
    var dot = 0.0
    for index in reflector.indices { dot += reflector[index] * vector[start + index] }
    for index in reflector.indices { vector[start + index] -= 2 * dot * reflector[index] }
  }

  private static func norm(_ vector: ArraySlice<Double>) -> Double {
    // Scaled, so that squares of tiny or huge numbers neither vanish nor overflow.
    let largest = vector.reduce(0) { max($0, abs($1)) }
    guard largest > 0 else { return 0 }
    return largest
      * vector.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot()
  }
}
