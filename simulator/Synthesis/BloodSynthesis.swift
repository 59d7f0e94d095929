package import Spectra

/// Synthetic donors of blood and their scans on a virtual NIRscan Nano.
///
/// Donor `index` is the same whatever the number of donors, and the same seed gives the same scans
/// on any machine. Nothing of it was measured: see `BloodPopulation` and `BloodCompound`.
package struct BloodSynthesis: Sendable {
  /// The number that everything follows from.
  package let seed: UInt64
  /// How many donors there are.
  package let donors: Int
  /// How many scans each donor has.
  package let scansPerDonor: Int
  /// The device's grid.
  package let grid: ColumnGrid
  /// The wavelength of every point in nanometres, rising.
  package let wavelengthsNanometres: [Double]

  private let optics: BloodOptics
  private let referenceSignal: [Int32]

  /// Prepares the curves for `donors` donors of `scansPerDonor` scans each.
  package init(seed: UInt64, donors: Int, scansPerDonor: Int) {
    precondition(donors >= 1, "a synthesis has donors")
    precondition((1...Limits.scansPerSample).contains(scansPerDonor), "no sample has so many scans")
    self.seed = seed
    self.donors = donors
    self.scansPerDonor = scansPerDonor
    grid = .column1
    wavelengthsNanometres = grid.wavelengthsNanometres
    optics = BloodOptics(wavelengthsNanometres: wavelengthsNanometres)
    referenceSignal = wavelengthsNanometres.map { wavelength in
      let counts = BloodSynthesis.brightestCounts
      return Int32((counts * BloodPopulation.lampShape(atNanometres: wavelength)).rounded())
    }
  }

  /// All donors' scans as one recording, which calls itself synthetic.
  package func recording() -> Recording {
    Recording(
      wavelengthsNanometres: wavelengthsNanometres,
      scanner: scanner,
      scans: (0..<donors).flatMap { donor($0) }
    )
  }

  /// The virtual scanner that made the scans.
  package var scanner: ScannerDescription {
    var scanner = ScannerDescription()
    scanner.serialNumber = "SIM0001"
    scanner.model = "synthetic blood on a virtual NIRscan Nano"
    scanner.configurationName = "Column 1"
    scanner.patternWidthPixels = grid.patternWidthPixels
    scanner.startNanometres = grid.startNanometres
    scanner.endNanometres = grid.endNanometres
    scanner.pixelToWavelengthCoefficients = grid.pixelToWavelengthCoefficients
    return scanner
  }

  /// The scans of one donor, oldest first; `index` counts from 0 and may exceed `donors`.
  package func donor(_ index: Int) -> [Scan] {
    precondition(index >= 0, "donors are counted from 0")
    var random = DeterministicRandom(seed: seed, stream: UInt64(index))
    let donor = BloodDonor(optics: optics, random: &random)
    var drift = random.normal()
    return (0..<scansPerDonor).map { scanNumber in
      drift = 0.95 * drift + BloodSynthesis.driftStep * random.normal()
      return scan(of: donor, index: index, scanNumber: scanNumber, drift: drift, random: &random)
    }
  }

  /// Counts of the reference at the lamp's maximum; typical of the device at gain 64.
  private static let brightestCounts = 600_000.0
  /// Standard deviation of the detector's noise in counts, the same at every wavelength.
  private static let detectorNoiseCounts = 140.0
  /// Standard deviation of the light's noise relative to the signal.
  private static let lightNoise = 0.002
  /// Keeps the drift's standard deviation at 1: 0.95² + step² = 1.
  private static let driftStep = 0.31224989991991997
  /// Share of scans that were made with a bubble or a moved cuvette.
  private static let outlierShare = 0.015
  private static let microsecondsPerScan: Int64 = 2_150_000
  private static let microsecondsBetweenDonors: Int64 = 60_000_000
  private static let firstScan = Timestamp(microsecondsSinceEpoch: 1_767_258_000_000_000)

  private func scan(
    of donor: BloodDonor,
    index: Int,
    scanNumber: Int,
    drift: Double,
    random: inout DeterministicRandom
  ) -> Scan {
    let isOutlier = random.uniform() < BloodSynthesis.outlierShare
    let place = (0.8 * drift + 0.5 * random.normal()) + (isOutlier ? 5 * random.normal() : 0)
    let tilt = 0.4 * random.normal() * (isOutlier ? 5 : 1)
    var signal: [Int32] = []
    signal.reserveCapacity(wavelengthsNanometres.count)
    for point in wavelengthsNanometres.indices {
      let moved = (place + tilt * optics.centred[point]) * optics.scanDeviation[point]
      let light =
        Double(referenceSignal[point]) * PortablePower.ofTen(-(donor.absorbance[point] + moved))
      let noisy =
        light * (1 + BloodSynthesis.lightNoise * random.normal())
        + BloodSynthesis.detectorNoiseCounts * random.normal()
      signal.append(Int32(noisy.rounded()))
    }
    return describedScan(
      of: donor,
      signal: signal,
      index: index,
      scanNumber: scanNumber,
      random: &random
    )
  }

  private func describedScan(
    of donor: BloodDonor,
    signal: [Int32],
    index: Int,
    scanNumber: Int,
    random: inout DeterministicRandom
  ) -> Scan {
    let perDonor =
      BloodSynthesis.microsecondsPerScan * Int64(scansPerDonor)
      + BloodSynthesis.microsecondsBetweenDonors
    let elapsed = Int64(index) * perDonor + Int64(scanNumber) * BloodSynthesis.microsecondsPerScan
    let time = Timestamp(
      microsecondsSinceEpoch: BloodSynthesis.firstScan.microsecondsSinceEpoch + elapsed
    )
    // The device warms a little while it scans; its sensors report hundredths.
    let warming = 0.4 * (Double(scanNumber) / Double(scansPerDonor) - 0.5)
    let temperature = donor.temperatureCelsius + warming + 0.03 * random.normal()
    let number = String(index + 1)
    var scan = Scan()
    scan.time = time
    scan.sample = "donor " + String(repeating: "0", count: max(0, 4 - number.utf8.count)) + number
    scan.labels = donor.labels
    scan.sampleSignal = signal
    scan.referenceSignal = referenceSignal
    scan.temperatureCelsius = hundredths(temperature)
    scan.detectorTemperatureCelsius = hundredths(temperature + 1.9 + 0.05 * random.normal())
    scan.relativeHumidityPercent = hundredths(
      max(1, donor.relativeHumidityPercent - 0.5 * warming + 0.1 * random.normal())
    )
    scan.lampPhotodiode = Int((3_800 + 6 * random.normal()).rounded())
    scan.gain = 64
    scan.repeats = 6
    // The device's clock counts whole seconds.
    scan.deviceTime = Timestamp(
      microsecondsSinceEpoch: time.microsecondsSinceEpoch / 1_000_000 * 1_000_000
    )
    scan.scanIndex = UInt32(truncatingIfNeeded: index * scansPerDonor + scanNumber + 1)
    return scan
  }

  private func hundredths(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
