/// The curves of `BloodPopulation` and `BloodCompound` on one wavelength grid, computed once.
struct BloodOptics: Sendable {
  /// The mean absorbance of all donors.
  let meanAbsorbance: [Double]
  /// Absorbance per standard deviation of the path length: what nothing else explains.
  let path: [Double]
  /// Absorbance per standard deviation of the water content.
  let water: [Double]
  /// Absorbance per standard deviation of the detector's edge.
  let edge: [Double]
  /// Absorbance per standard deviation of each analyte, in the order of `BloodAnalyte.all`.
  let analytes: [[Double]]
  /// Absorbance per standard deviation of each interferent.
  let interferents: [[Double]]
  /// Absorbance per standard deviation of the temperature.
  let warmWater: [Double]
  /// Absorbance per standard deviation of the sample's position in one scan.
  let scanDeviation: [Double]
  /// The wavelengths from -1 to 1.
  let centred: [Double]

  /// Computes every curve at the given wavelengths.
  init(wavelengthsNanometres: [Double]) {
    let wavelengths = wavelengthsNanometres
    meanAbsorbance = wavelengths.map { BloodPopulation.meanAbsorbance(atNanometres: $0) }
    let water = wavelengths.map { BloodPopulation.waterDeviation(atNanometres: $0) }
    let edge = wavelengths.map { BloodPopulation.edgeDeviation(atNanometres: $0) }
    let analytes = BloodAnalyte.all.map { $0.compound.absorbance(atNanometres: wavelengths) }
    let interferents = BloodCompound.interferents.map { $0.absorbance(atNanometres: wavelengths) }
    let warmWater = BloodCompound.warmWater.absorbance(atNanometres: wavelengths)
    let scanDeviation = wavelengths.map { BloodPopulation.scanDeviation(atNanometres: $0) }
    let explained = [water, edge, warmWater, scanDeviation] + analytes + interferents
    path = wavelengths.indices.map { point in
      let total = BloodPopulation.totalDeviation(atNanometres: wavelengths[point])
      let variance = explained.reduce(total * total) { $0 - $1[point] * $1[point] }
      return max(variance, 0).squareRoot()
    }
    self.water = water
    self.edge = edge
    self.analytes = analytes
    self.interferents = interferents
    self.warmWater = warmWater
    self.scanDeviation = scanDeviation
    centred = wavelengths.map { BloodPopulation.centred($0) }
  }
}

/// One synthetic donor: the true absorbance of the blood, the room, and what the laboratory found.
struct BloodDonor: Sendable {
  /// The absorbance without any scan's noise.
  let absorbance: [Double]
  /// The class of each target by its name.
  let labels: [String: String]
  /// The scanner's temperature in °C.
  let temperatureCelsius: Double
  /// The scanner's relative humidity in percent.
  let relativeHumidityPercent: Double

  /// Draws a donor; the order of the draws is part of what a seed means.
  init(optics: BloodOptics, random: inout DeterministicRandom) {
    var absorbance = optics.meanAbsorbance
    func add(_ amount: Double, of curve: [Double]) {
      for point in absorbance.indices { absorbance[point] += amount * curve[point] }
    }
    add(random.normal(), of: optics.path)
    add(random.normal(), of: optics.water)
    add(random.normal(), of: optics.edge)
    var labels: [String: String] = [:]
    for (analyte, curve) in zip(BloodAnalyte.all, optics.analytes) {
      let concentration = random.normal()
      add(concentration, of: curve)
      let correlation = analyte.laboratoryCorrelation
      let error = (1 - correlation * correlation).squareRoot() * random.normal()
      labels[analyte.compound.name] = analyte.label(of: correlation * concentration + error)
    }
    for curve in optics.interferents { add(random.normal(), of: curve) }
    let warmth = random.normal()
    add(warmth, of: optics.warmWater)
    let temperature = BloodPopulation.temperatureCelsius
    let humidity = BloodPopulation.relativeHumidityPercent
    temperatureCelsius = temperature.mean + temperature.deviation * warmth
    relativeHumidityPercent = max(5, humidity.mean + humidity.deviation * random.normal())
    self.labels = labels
    self.absorbance = absorbance
  }
}

extension BloodCompound {
  /// The absorbance per standard deviation of the concentration at each wavelength.
  func absorbance(atNanometres wavelengths: [Double]) -> [Double] {
    wavelengths.map { absorbancePerDeviation * bands.value(atNanometres: $0) }
  }
}
