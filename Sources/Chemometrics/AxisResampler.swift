package import Spectra

/// Brings a scanner's own wavelength grid onto the window of a bundle's axis.
///
/// Between two grid points it interpolates linearly. A window point outside the grid takes the
/// nearest grid point's value if that is within `reachNanometres`. Only the grid points that the
/// window needs have to exist and to be finite: a bad count at 1700 nm does not spoil a scan.
/// The weights are computed once per grid; afterwards nothing is sorted or searched.
package struct AxisResampler: ~Copyable {
  /// How far outside the grid a window point may lie in nanometres.
  package static let reachNanometres = 5.0

  /// Whether the prepared grid reaches every wavelength of the window.
  package private(set) var coversWindow = false
  /// How many points the prepared grid has.
  package private(set) var gridCount = 0

  private let windowNanometres: FixedArray<Double>
  private var blends: FixedArray<Blend>
  /// Grid indices by rising wavelength.
  private var order = FixedArray<Int32>(repeating: 0, count: Limits.wavelengths)
  /// The distinct wavelengths, rising.
  private var groups = FixedArray<Group>(repeating: Group(), count: Limits.wavelengths)

  /// Allocates for any grid of up to `Limits.wavelengths` points.
  ///
  /// `window` holds indices of `axis`; the resampled spectrum has one point for each.
  package init(axis: WavelengthAxis, window: Range<Int>) {
    precondition(!window.isEmpty, "a window has at least one wavelength")
    precondition(window.lowerBound >= 0 && window.upperBound <= axis.points, "window off the axis")
    windowNanometres = FixedArray(window.map { axis.nanometres(at: $0) })
    blends = FixedArray(repeating: Blend(), count: window.count)
  }

  /// How many points the resampled spectrum has.
  package var count: Int { blends.count }

  /// Computes the weights for a grid of at most `Limits.wavelengths` points, in any order.
  ///
  /// Points of equal wavelength are averaged, points whose wavelength is not finite are left out.
  package mutating func prepare(wavelengthsNanometres: Span<Double>) {
    precondition(wavelengthsNanometres.count <= Limits.wavelengths, "more points than the limit")
    gridCount = wavelengthsNanometres.count
    let groupCount = sortIntoGroups(wavelengthsNanometres)
    coversWindow = true
    var upper = 0
    for index in 0..<windowNanometres.count {
      let wanted = windowNanometres[index]
      while upper < groupCount, groups[upper].nanometres < wanted { upper += 1 }
      guard let blend = blend(at: wanted, upper: upper, groupCount: groupCount) else {
        coversWindow = false
        return
      }
      blends[index] = blend
    }
  }

  /// Writes the window's absorbance, one value per point of the window.
  ///
  /// Returns false, with `window` partly written, when a point that it needs is not finite.
  /// The prepared grid must cover the window and `absorbance` have one value per grid point.
  package func resample(_ absorbance: Span<Double>, into window: inout MutableSpan<Double>) -> Bool
  {
    precondition(coversWindow, "the grid does not cover the window")
    precondition(absorbance.count == gridCount, "one value per point of the grid")
    precondition(window.count == blends.count, "one element per point of the window")
    for index in 0..<blends.count {
      let blend = blends[index]
      let below = mean(of: blend.below, absorbance)
      guard blend.share != 0 else {
        guard below.isFinite else { return false }
        window[index] = below
        continue
      }
      let value = below + (mean(of: blend.above, absorbance) - below) * blend.share
      guard value.isFinite else { return false }
      window[index] = value
    }
    return true
  }

  /// The lowest of the signal counts that the window is computed from.
  ///
  /// The prepared grid must cover the window and `signal` have one count per grid point.
  package func minimumSignal(_ signal: Span<Int32>) -> Int32 {
    precondition(coversWindow, "the grid does not cover the window")
    precondition(signal.count == gridCount, "one count per point of the grid")
    var lowest = Int32.max
    for index in 0..<blends.count {
      let blend = blends[index]
      let members = blend.share == 0 ? blend.below.members : blend.below.start..<blend.above.end
      for member in members { lowest = min(lowest, signal[Int(order[member])]) }
    }
    return lowest
  }

  /// Whether every absorbance that the window is computed from is finite.
  ///
  /// The prepared grid must cover the window and `absorbance` have one value per grid point.
  package func isFinite(_ absorbance: Span<Double>) -> Bool {
    precondition(coversWindow, "the grid does not cover the window")
    precondition(absorbance.count == gridCount, "one value per point of the grid")
    for index in 0..<blends.count {
      let blend = blends[index]
      let members = blend.share == 0 ? blend.below.members : blend.below.start..<blend.above.end
      for member in members where !absorbance[Int(order[member])].isFinite { return false }
    }
    return true
  }

  private func mean(of group: Group, _ values: Span<Double>) -> Double {
    var sum = 0.0
    for member in group.members { sum += values[Int(order[member])] }
    return sum / Double(group.end - group.start)
  }

  /// Where `wanted` lies: `upper` is the first group at or above it.
  private func blend(at wanted: Double, upper: Int, groupCount: Int) -> Blend? {
    if upper < groupCount, groups[upper].nanometres == wanted {
      return Blend(below: groups[upper], above: groups[upper], share: 0)
    }
    if upper > 0, upper < groupCount {
      let (below, above) = (groups[upper - 1], groups[upper])
      let share = (wanted - below.nanometres) / (above.nanometres - below.nanometres)
      return Blend(below: below, above: above, share: share)
    }
    guard groupCount > 0 else { return nil }
    let nearest = upper == 0 ? groups[0] : groups[groupCount - 1]
    guard abs(nearest.nanometres - wanted) <= AxisResampler.reachNanometres else { return nil }
    return Blend(below: nearest, above: nearest, share: 0)
  }

  private mutating func sortIntoGroups(_ nanometres: Span<Double>) -> Int {
    // Insertion sort: grids arrive sorted or nearly so, and it needs no second array.
    var kept = 0
    for index in 0..<nanometres.count where nanometres[index].isFinite {
      var place = kept
      while place > 0, nanometres[Int(order[place - 1])] > nanometres[index] {
        order[place] = order[place - 1]
        place -= 1
      }
      order[place] = Int32(index)
      kept += 1
    }
    var groupCount = 0
    for place in 0..<kept {
      let wavelength = nanometres[Int(order[place])]
      if groupCount > 0, groups[groupCount - 1].nanometres == wavelength {
        groups[groupCount - 1].end = place + 1
      } else {
        groups[groupCount] = Group(nanometres: wavelength, start: place, end: place + 1)
        groupCount += 1
      }
    }
    return groupCount
  }
}

// These two are not private: other modules destroy an `AxisResampler` in place, and for that the
// compiler (6.3.1) must be able to see the types of what it stores.
extension AxisResampler {
  /// Grid points of one wavelength: places `start..<end` in the sorted order.
  struct Group: BitwiseCopyable {
    var nanometres = 0.0
    var start = 0
    var end = 1
    var members: Range<Int> { start..<end }
  }

  /// One window point: `below + (above - below) * share`, or only `below` when the share is 0.
  struct Blend: BitwiseCopyable {
    var below = Group()
    var above = Group()
    var share = 0.0
  }
}
