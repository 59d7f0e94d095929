import Spectra

/// Step 8: the derivative of a polynomial fitted to a moving window, by least squares.
///
/// Near the ends the polynomial of the first or last window is evaluated off its middle, as scipy
/// does with mode "interp".
struct SavitzkyGolayFilter: ~Copyable {
  /// Wider windows smooth away everything that absorption bands are made of.
  static let widestWindow = 101
  /// Higher orders lose digits in the fit.
  static let highestPolynomial = 10

  private let window: Int
  /// Row r: the weights that give the derivative at place r of the window.
  private let weights: FixedArray<Double>

  /// Takes constants that have been checked.
  init(_ constants: TargetConstants.SavitzkyGolay) {
    window = constants.window
    let (order, derivative) = (constants.polynomial, constants.derivative)
    // Places from −1 to 1: the powers stay of one size and the fit keeps its digits.
    let half = Double(window / 2)
    let places = (0..<window).map { (Double($0) - half) / half }
    let columns = (0...order).map { power in places.map { SavitzkyGolayFilter.power($0, power) } }
    guard let fit = LeastSquares.pseudoInverse(columns: columns) else {
      preconditionFailure("powers of distinct places are independent")
    }
    var weights: [Double] = []
    for place in places {
      for point in 0..<window {
        var value = 0.0
        for power in derivative...order {
          var factor = SavitzkyGolayFilter.power(place, power - derivative)
          for step in 0..<derivative { factor *= Double(power - step) / half }
          value += factor * fit[power][point]
        }
        weights.append(value)
      }
    }
    self.weights = FixedArray(weights)
  }

  /// Writes the derivative; both have at least `window` elements.
  func apply(_ spectrum: borrowing FixedArray<Double>, into derived: inout FixedArray<Double>) {
    let (count, half) = (spectrum.count, window / 2)
    for index in 0..<count {
      let start = min(max(index - half, 0), count - window)
      let row = (index - start) * window
      var sum = 0.0
      for point in 0..<window { sum += weights[row + point] * spectrum[start + point] }
      derived[index] = sum
    }
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}
