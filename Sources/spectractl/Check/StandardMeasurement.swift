package import Spectra

/// Why scans of a standard say nothing about the scanner.
package enum CheckError: Error, Equatable, CustomStringConvertible {
  /// There are too few of them.
  case tooFewScans(count: Int, expected: Int)
  /// A scan has no counts, or another number of points than there are wavelengths.
  case pointCount(found: Int, expected: Int)
  /// No wavelength has an absorbance in every scan.
  case noAbsorbance

  package var description: String {
    switch self {
    case .tooFewScans(let count, let expected):
      "found \(count) scans of the standard, expected at least \(expected)"
    case .pointCount(let found, let expected):
      "found a scan with the signal of \(found) points, expected \(expected)"
    case .noAbsorbance:
      "found no wavelength with an absorbance in every scan; is the standard in place, and does "
        + "the scanner have a reference (spectractl scanners)?"
    }
  }
}

/// What the scans of a standard say about the scanner.
package struct StandardMeasurement: Equatable, Sendable {
  /// How many scans it rests on.
  package let scanCount: Int
  /// Median over wavelengths of the standard deviation of absorbance over the scans.
  package let noiseAbsorbance: Double
  /// Median lamp monitor reading in counts; nil when a scan has none.
  package let lampPhotodiode: Double?
  /// Median over wavelengths of the mean sample signal, in counts at gain 1.
  package let signalCounts: Double
  /// Wavelengths of the peaks that stand out clearly enough to be a baseline, rising.
  package let peaksNanometres: [Double]
  /// Wavelengths of all peaks among which one of a baseline may be found again, rising.
  package let candidatesNanometres: [Double]

  /// Fewer scans have no standard deviation worth the name.
  package static let scansMin = 3
  /// A peak of a baseline stands out so far in absorbance.
  package static let prominenceMin = 0.02
  /// The same peak may be so much flatter later and is still it.
  private static let candidateShare = 0.5
  /// A peak is none if the mean spectrum's own noise could have made it.
  private static let noiseMultiple = 6.0

  /// Measures the scans, each of which has as many points as there are wavelengths.
  package init(scans: [Scan], wavelengthsNanometres wavelengths: [Double]) throws(CheckError) {
    guard scans.count >= StandardMeasurement.scansMin else {
      throw .tooFewScans(count: scans.count, expected: StandardMeasurement.scansMin)
    }
    let spectra = scans.map(\.absorbanceValues)
    for (scan, spectrum) in zip(scans, spectra) {
      for count in [scan.sampleSignal?.count ?? 0, spectrum.count] where count != wavelengths.count
      {
        throw .pointCount(found: count, expected: wavelengths.count)
      }
    }
    let usable = wavelengths.indices.filter { point in spectra.allSatisfy { $0[point].isFinite } }
    guard !usable.isEmpty else { throw .noAbsorbance }
    let points = usable.map { point in PointStatistics(spectra.map { $0[point] }) }
    scanCount = scans.count
    noiseAbsorbance = StandardMeasurement.median(points.map(\.standardDeviation))
    let lamps = scans.compactMap(\.lampPhotodiode)
    lampPhotodiode =
      lamps.count == scans.count ? StandardMeasurement.median(lamps.map(Double.init)) : nil
    signalCounts = StandardMeasurement.median(
      wavelengths.indices.map { point in
        scans.reduce(0) { $0 + $1.countsAtGainOne(point) } / Double(scans.count)
      }
    )
    let peaks = PeakSearch.peaks(
      wavelengthsNanometres: usable.map { wavelengths[$0] },
      values: points.map(\.mean)
    )
    let noiseScale = StandardMeasurement.noiseMultiple / Double(scans.count).squareRoot()
    func wavelengthsOfPeaks(from prominence: Double) -> [Double] {
      peaks.filter { peak in
        peak.prominence >= max(prominence, noiseScale * points[peak.index].standardDeviation)
      }
      .map(\.nanometres)
    }
    peaksNanometres = wavelengthsOfPeaks(from: StandardMeasurement.prominenceMin)
    candidatesNanometres = wavelengthsOfPeaks(
      from: StandardMeasurement.prominenceMin * StandardMeasurement.candidateShare
    )
  }

  /// The middle value, or the mean of the two in the middle; `values` is not empty.
  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}

/// Mean and standard deviation (divisor n - 1) of one wavelength over the scans.
private struct PointStatistics {
  let mean: Double
  let standardDeviation: Double

  init(_ values: [Double]) {
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    standardDeviation = (squares / Double(values.count - 1)).squareRoot()
  }
}

extension Scan {
  /// The sample signal of one point as it would be at gain 1.
  ///
  /// The scanner chooses its gain anew for every scan, in powers of two: without this a lamp that
  /// is a little brighter could look half as bright.
  fileprivate func countsAtGainOne(_ point: Int) -> Double {
    Double(sampleSignal?[point] ?? 0) / Double(max(1, gain ?? 1))
  }
}
