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
    precondition(derived.count == count && count >= window, "spectra of one length")
    for index in 0..<half {
      derived[index] = derivative(of: spectrum, from: 0, at: index)
      let last = window - 1 - index
      derived[count - 1 - index] = derivative(of: spectrum, from: count - window, at: last)
    }
    // Between the ends all have the weights of the middle; one point of all windows at a time.
    let inner = count - 2 * half
    derived.withMutableSpan { derived in
      for index in half..<(half + inner) { derived[index] = 0 }
      spectrum.withSpan { spectrum in
        for point in 0..<window {
          let weight = weights[half * window + point]
          derived.add(spectrum.extracting(point..<(point + inner)), times: weight, from: half)
        }
      }
    }
  }

  /// The derivative at one place of the window that starts at `start`.
  private func derivative(
    of spectrum: borrowing FixedArray<Double>,
    from start: Int,
    at place: Int
  ) -> Double {
    var sum = 0.0
    for point in 0..<window { sum += weights[place * window + point] * spectrum[start + point] }
    return sum
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}
