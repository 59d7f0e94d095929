/// A peak of a spectrum.
package struct SpectrumPeak: Equatable, Sendable {
  /// The point of the spectrum that is highest; of a flat top, its middle.
  package var index: Int
  /// Where the peak is in nanometres, between the points.
  package var nanometres: Double
  /// How far it stands above the higher of the two valleys beside it.
  package var prominence: Double

  /// Makes a peak from its parts.
  package init(index: Int, nanometres: Double, prominence: Double) {
    (self.index, self.nanometres, self.prominence) = (index, nanometres, prominence)
  }
}

/// Finds the peaks of a spectrum, whose wavelengths tell whether a scanner's wavelengths drifted.
package enum PeakSearch {
  /// The peaks of `values`, in rising wavelength.
  ///
  /// Both arrays have one element per point; wavelengths rise and all values are finite. A point
  /// is a peak when it, or the flat top that it belongs to, is higher than both its neighbours.
  package static func peaks(
    wavelengthsNanometres wavelengths: [Double],
    values: [Double]
  ) -> [SpectrumPeak] {
    precondition(wavelengths.count == values.count, "every point has a wavelength and a value")
    var peaks: [SpectrumPeak] = []
    var first = 1
    while first < values.count - 1 {
      var last = first
      while last < values.count - 1, values[last + 1] == values[first] { last += 1 }
      let isTop =
        last < values.count - 1 && values[first - 1] < values[first]
        && values[last + 1] < values[first]
      if isTop {
        peaks.append(
          SpectrumPeak(
            index: (first + last) / 2,
            nanometres: position(wavelengths, values, top: first...last),
            prominence: prominence(values, at: first)
          )
        )
      }
      first = last + 1
    }
    return peaks
  }

  /// The vertex of the parabola through the highest point and its neighbours, which finds a peak
  /// of ten nanometres' width to a small part of the distance between points.
  private static func position(
    _ wavelengths: [Double],
    _ values: [Double],
    top: ClosedRange<Int>
  ) -> Double {
    guard top.count == 1 else {
      return (wavelengths[top.lowerBound] + wavelengths[top.upperBound]) / 2
    }
    let index = top.lowerBound
    let (left, middle, right) = (wavelengths[index - 1], wavelengths[index], wavelengths[index + 1])
    let rise = (values[index] - values[index - 1]) / (middle - left)
    let fall = (values[index + 1] - values[index]) / (right - middle)
    let curvature = (fall - rise) / (right - left)
    return (left + middle) / 2 - rise / (2 * curvature)
  }

  /// The height above the higher one of the lowest points on both sides, each looked for as far as
  /// the next higher point.
  private static func prominence(_ values: [Double], at index: Int) -> Double {
    let top = values[index]
    var leftValley = top
    for value in values[..<index].reversed() {
      if value > top { break }
      leftValley = min(leftValley, value)
    }
    var rightValley = top
    for value in values[index...] {
      if value > top { break }
      rightValley = min(rightValley, value)
    }
    return top - max(leftValley, rightValley)
  }
}
