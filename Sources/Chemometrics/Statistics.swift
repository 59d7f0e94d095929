import Spectra

/// Population statistics over the wavelengths of one spectrum.
enum Statistics {
  static func mean(_ values: borrowing FixedArray<Double>) -> Double {
    var sum = 0.0
    for index in 0..<values.count { sum += values[index] }
    return sum / Double(values.count)
  }

  /// The lowest and the highest value, none of which is NaN.
  static func range(_ values: borrowing FixedArray<Double>) -> (lowest: Double, highest: Double) {
    values.withSpan { values in
      var (lowest, highest) = (values[0], values[0])
      for index in values.indices {
        let value = values[index]
        lowest = value < lowest ? value : lowest
        highest = value > highest ? value : highest
      }
      return (lowest, highest)
    }
  }

  static func standardDeviation(_ values: borrowing FixedArray<Double>, mean: Double) -> Double {
    var sum = 0.0
    for index in 0..<values.count {
      let deviation = values[index] - mean
      sum += deviation * deviation
    }
    return (sum / Double(values.count)).squareRoot()
  }
}
