internal import Spectra

/// Straight lines between points that rise in x.
///
/// Positions that rise, too, are found without a search; others are found as well.
/// The arithmetic, with its truncation, is that of the maker's program: absorbance is compared with
/// it digit by digit.
struct LinearInterpolation {
  /// Where a position lies relative to the points.
  private enum Place {
    case on(Int)
    case before
    case between(Int)
    case after
  }

  private let count: Int
  private var next = 0

  /// Interpolates between `count` points, of which there must be two.
  init(count: Int) {
    precondition(count >= 2, "a line needs two points")
    self.count = count
  }

  /// The whole number at `position`, never negative.
  mutating func integer(
    at position: Double,
    _ x: borrowing FixedArray<Double>,
    _ y: borrowing FixedArray<Int32>
  ) -> Int32 {
    let value: Int64
    switch place(of: position, x) {
    case .on(let index): value = Int64(y[index])
    case .before:
      let rise = Double(Int64(y[1]) - Int64(y[0]))
      value = Int64(y[0]) - truncate((x[0] - position) * rise / (x[1] - x[0]))
    case .between(let index):
      let rise = Double(Int64(y[index]) - Int64(y[index - 1]))
      value =
        Int64(y[index]) - truncate((x[index] - position) / (x[index] - x[index - 1]) * rise)
    case .after:
      let rise = Double(Int64(y[count - 1]) - Int64(y[count - 2]))
      let run = x[count - 1] - x[count - 2]
      value = Int64(y[count - 1]) + truncate((position - x[count - 1]) * rise / run)
    }
    return max(0, Int32(clamping: value))
  }

  /// The number at `position`, never negative.
  mutating func number(
    at position: Double,
    _ x: borrowing FixedArray<Double>,
    _ y: borrowing FixedArray<Double>
  ) -> Double {
    let value: Double
    switch place(of: position, x) {
    case .on(let index): value = y[index]
    case .before: value = y[0] - (x[0] - position) * (y[1] - y[0]) / (x[1] - x[0])
    case .between(let index):
      let share = (x[index] - position) / (x[index] - x[index - 1])
      value = y[index] - share * (y[index] - y[index - 1])
    case .after:
      let (rise, run) = (y[count - 1] - y[count - 2], x[count - 1] - x[count - 2])
      value = y[count - 1] + (position - x[count - 1]) * rise / run
    }
    return max(0, value)
  }

  private mutating func place(of position: Double, _ x: borrowing FixedArray<Double>) -> Place {
    while next > 0, x[next - 1] >= position { next -= 1 }
    while next < count, x[next] < position { next += 1 }
    if next == count { return .after }
    if x[next] == position { return .on(next) }
    return next == 0 ? .before : .between(next)
  }
}

/// `value` without its fraction, within 32 bits; 0 for NaN.
func truncate(_ value: Double) -> Int64 {
  guard !value.isNaN else { return 0 }
  return Int64(min(max(value, Double(Int32.min)), Double(Int32.max)))
}
