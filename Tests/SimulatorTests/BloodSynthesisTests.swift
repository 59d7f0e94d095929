import Glibc
import Spectra
import Testing
import spectrasim

@Suite struct BloodSynthesisTests {
  @Test func `a donor does not depend on how many donors are made`() {
    let few = BloodSynthesis(seed: 5, donors: 2, scansPerDonor: 3)
    let many = BloodSynthesis(seed: 5, donors: 900, scansPerDonor: 3)
    #expect(few.donor(1) == many.donor(1))
    #expect(few.recording().scans == many.donor(0) + many.donor(1))
  }

  @Test func `donors, scans and seeds differ from each other`() {
    let synthesis = BloodSynthesis(seed: 5, donors: 2, scansPerDonor: 2)
    let other = BloodSynthesis(seed: 6, donors: 2, scansPerDonor: 2)
    let scans = synthesis.recording().scans + other.recording().scans
    #expect(Set(scans.map { $0.sampleSignal ?? [] }).count == 8)
  }

  // Pinned: recordings named by their seed alone must mean the same next year and elsewhere.
  @Test func `a seed gives the counts that it always gave`() {
    let scan = BloodSynthesis(seed: 7, donors: 1, scansPerDonor: 1).donor(0)[0]
    #expect(
      scan.sampleSignal?.prefix(8) == [
        24_160, 27_289, 30_778, 33_879, 36_902, 40_933, 43_383, 46_129,
      ]
    )
    #expect(scan.labels["haemoglobin"] == "high")
  }

  @Test func `a scan has everything that a scanner reports`() throws {
    let synthesis = BloodSynthesis(seed: 1, donors: 3, scansPerDonor: 4)
    let recording = synthesis.recording()
    let reference = try #require(recording.scans[0].referenceSignal)
    #expect(recording.scanner.model?.contains("synthetic") == true)
    for (index, scan) in recording.scans.enumerated() {
      #expect(scan.sample == "donor 000\(index / 4 + 1)")
      #expect(Set(scan.labels.keys) == ["haemoglobin", "hdl_cholesterol", "ldl_cholesterol"])
      #expect(scan.labels.values.allSatisfy { ["low", "ok", "high"].contains($0) })
      #expect(scan.sampleSignal?.count == recording.wavelengthsNanometres.count)
      #expect(scan.sampleSignal?.allSatisfy { $0 > 0 } == true)
      #expect(scan.referenceSignal == reference, "one constant reference per recording")
      #expect(scan.temperatureCelsius != nil && scan.detectorTemperatureCelsius != nil)
      #expect(scan.relativeHumidityPercent != nil && scan.lampPhotodiode != nil)
      #expect(scan.gain == 64 && scan.repeats == 6 && scan.scanIndex == UInt32(index + 1))
      #expect(scan.time != nil && scan.deviceTime != nil)
    }
    let times = recording.scans.compactMap(\.time)
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func `classes have the published shares`() {
    let synthesis = BloodSynthesis(seed: 2, donors: 1_200, scansPerDonor: 1)
    let labels = (0..<synthesis.donors).map { synthesis.donor($0)[0].labels }
    let shares: [(String, [Double])] = [
      ("hdl_cholesterol", [132, 249, 105]), ("haemoglobin", [30, 414, 42]),
      ("ldl_cholesterol", [22, 259, 205]),
    ]
    for (target, counts) in shares {
      for (name, count) in zip(["low", "ok", "high"], counts) {
        let share = Double(labels.count { $0[target] == name }) / Double(labels.count)
        #expect(abs(share - count / 486) < 0.04, "seed 2, \(target) \(name)")
      }
    }
  }

  @Test func `temperature, humidity and the noise between scans are realistic`() {
    let synthesis = BloodSynthesis(seed: 4, donors: 150, scansPerDonor: 6)
    let scans = synthesis.recording().scans
    let temperature = Moments(scans.compactMap(\.temperatureCelsius))
    let humidity = Moments(scans.compactMap(\.relativeHumidityPercent))
    #expect(abs(temperature.mean - 41.1) < 0.8 && abs(temperature.deviation - 3.0) < 0.4)
    #expect(abs(humidity.mean - 31.5) < 2.0 && abs(humidity.deviation - 8.1) < 1.0)
    let spectra = scans.map(\.absorbanceValues)
    let noise = synthesis.wavelengthsNanometres.indices.map { point in
      let perDonor = stride(from: 0, to: scans.count, by: 6).map { first in
        Moments(spectra[first..<first + 6].map { $0[point] }).deviation
      }
      return perDonor.reduce(0, +) / Double(perDonor.count)
    }
    let quietest = synthesis.wavelengthsNanometres[noise.firstIndex(of: noise.min() ?? 0) ?? 0]
    #expect((1_320...1_350).contains(quietest))
    #expect((0.002...0.004).contains(noise.min() ?? 0))
    #expect((0.020...0.034).contains(noise[noise.count - 2]), "at 1698 nm")
  }

  // Needs the published statistics, which are not part of the project.
  @Test(.enabled(if: PublishedStatistics.path != nil))
  func `mean and deviation of every channel are within a tenth of the published`() throws {
    let published = try #require(PublishedStatistics.read())
    let synthesis = BloodSynthesis(seed: 9, donors: 1_200, scansPerDonor: 1)
    let axis = try #require(
      WavelengthAxis(startNanometres: 900, endNanometres: 1_700, points: 170)
    )
    let spectra = synthesis.recording().scans.map(\.absorbanceValues)
    for (index, wavelength) in axis.nanometres.enumerated() {
      let values = Interpolation(synthesis.wavelengthsNanometres, at: wavelength)
      let moments = Moments(spectra.map { values.value(in: $0) })
      #expect(abs(moments.mean / published.mean[index] - 1) < 0.1, "seed 9, \(wavelength) nm")
      #expect(
        abs(moments.deviation / published.deviation[index] - 1) < 0.1,
        "seed 9, \(wavelength) nm"
      )
    }
  }
}

/// Mean and population standard deviation.
private struct Moments {
  let mean: Double
  let deviation: Double

  init(_ values: [Double]) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    (self.mean, deviation) = (mean, variance.squareRoot())
  }
}

/// Where a wavelength lies between two points of a grid; beyond the ends the nearest is taken.
private struct Interpolation {
  private let index: Int
  private let part: Double

  init(_ grid: [Double], at wavelength: Double) {
    index = max(1, min(grid.firstIndex { $0 >= wavelength } ?? grid.count, grid.count - 1))
    part = min(max((wavelength - grid[index - 1]) / (grid[index] - grid[index - 1]), 0), 1)
  }

  func value(in spectrum: [Double]) -> Double {
    spectrum[index - 1] * (1 - part) + spectrum[index] * part
  }
}
