/// How many patterns a Hadamard section shows; the simulator counts them but does not make them.
package enum HadamardPatterns {
  private static let setLimit = 15
  private static let gapPixels = 2

  /// The patterns of a section whose points lie at `columns`, or nil when they cannot be arranged.
  package static func count(columns: [Int], widthPixels: UInt8) -> Int? {
    guard let sets = setCount(columns: columns, widthPixels: Int(widthPixels)) else { return nil }
    return (0..<min(sets, columns.count)).reduce(0) { total, set in
      total + order(points: (columns.count - set + sets - 1) / sets)
    }
  }

  /// The smallest number of interleaved sets whose points stay two pixels apart.
  private static func setCount(columns: [Int], widthPixels: Int) -> Int? {
    (1...setLimit).first { distance in
      // The device leaves the last pair unchecked and refuses sections with no pair at all.
      let pairs = 0..<max(0, columns.count - distance - 1)
      return !pairs.isEmpty
        && pairs.allSatisfy { point in
          abs(columns[point] - columns[point + distance]) - widthPixels >= gapPixels
        }
    }
  }

  /// The smallest prime that is not below `points` and one less than a multiple of four.
  private static func order(points: Int) -> Int {
    var candidate = max(3, points)
    while candidate % 4 != 3 || !isPrime(candidate) { candidate += 1 }
    return candidate
  }

  private static func isPrime(_ number: Int) -> Bool {
    var divisor = 2
    while divisor * divisor <= number {
      if number % divisor == 0 { return false }
      divisor += 1
    }
    return true
  }
}
