import Spectra

/// Population statistics over the wavelengths of one spectrum.
enum Statistics {
  static func mean(_ values: borrowing FixedArray<Double>) -> Double {
    var sum = 0.0
    for index in 0..<values.count { sum += values[index] }
    return sum / Double(values.count)
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
