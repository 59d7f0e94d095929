extension SpectradInterface {
  /// A stored sample.
  package struct Sample: Codable, Equatable, Sendable {
    /// Its identity.
    package var sampleId: String
    /// Its display name.
    package var sample: String
    /// The scanner that measured it.
    package var scanner: String
    /// When its first event happened.
    package var began: String
    /// When its last event happened.
    package var ended: String
    /// Whether it has ended.
    package var final: Bool
    /// Accepted scans.
    package var scans: Int
    /// Stored scans, accepted or not.
    package var storedScans: Int
    /// The last answers.
    package var targets: [Target]
    /// The classes that are known, by target.
    package var labels: [String: String]
    /// The bundle that answered; null without one.
    package var bundle: String?
    /// The number of its last event.
    package var seq: Int

    /// Makes one from its members; those that are null may be left out.
    package init(
      sampleId: String,
      sample: String,
      scanner: String,
      began: String,
      ended: String,
      final: Bool,
      scans: Int,
      storedScans: Int,
      targets: [Target],
      labels: [String: String],
      bundle: String? = nil,
      seq: Int
    ) {
      (self.sampleId, self.sample, self.scanner, self.began) = (sampleId, sample, scanner, began)
      (self.ended, self.final, self.scans, self.storedScans) = (ended, final, scans, storedScans)
      (self.targets, self.labels, self.bundle, self.seq) = (targets, labels, bundle, seq)
    }
  }

  /// The wavelengths and the scanner of scans that belong together.
  package struct Grid: Codable, Equatable, Sendable {
    /// The wavelength of every point in nanometres.
    package var wavelengthsNanometres: [Double]
    /// The scanner's serial number.
    package var serialNumber: String?
    /// The model.
    package var model: String?
    /// The controller's firmware.
    package var firmware: String?
    /// The scan configuration's name.
    package var configurationName: String?
    /// Width of one pattern in DMD columns.
    package var patternWidthPixels: Int?
    /// First wavelength of the scan configuration in nanometres.
    package var startNanometres: Double?
    /// Last wavelength of the scan configuration in nanometres.
    package var endNanometres: Double?
    /// The bend of the pattern on the DMD.
    package var shiftVectorCoefficients: [Double]?
    /// DMD column to nanometres.
    package var pixelToWavelengthCoefficients: [Double]?

    /// Makes one from its members; those that are null may be left out.
    package init(
      wavelengthsNanometres: [Double],
      serialNumber: String? = nil,
      model: String? = nil,
      firmware: String? = nil,
      configurationName: String? = nil,
      patternWidthPixels: Int? = nil,
      startNanometres: Double? = nil,
      endNanometres: Double? = nil,
      shiftVectorCoefficients: [Double]? = nil,
      pixelToWavelengthCoefficients: [Double]? = nil
    ) {
      self.wavelengthsNanometres = wavelengthsNanometres
      self.serialNumber = serialNumber
      self.model = model
      self.firmware = firmware
      self.configurationName = configurationName
      self.patternWidthPixels = patternWidthPixels
      self.startNanometres = startNanometres?.finite
      self.endNanometres = endNanometres?.finite
      self.shiftVectorCoefficients = shiftVectorCoefficients
      self.pixelToWavelengthCoefficients = pixelToWavelengthCoefficients
    }
  }

  /// One scan as it was recorded.
  package struct RecordedScan: Codable, Equatable, Sendable {
    /// When its last report arrived.
    package var time: String?
    /// The display name of its sample.
    package var sample: String?
    /// The classes that are known, by target; missing when none is.
    package var labels: [String: String]?
    /// Counts measured on the sample, dark signal removed.
    package var sampleSignal: [Int]?
    /// Counts of the reference, brought to this scan's configuration.
    package var referenceSignal: [Int]?
    /// log10(reference / sample), 0 where a point has no value; only where a signal is missing.
    package var absorbance: [Double]?
    /// The points of absorbance that have no value, counted from 0; null when each has one.
    package var absorbanceMissing: [Int]?
    /// factory, user or recorded.
    package var reference: String?
    /// The system temperature in degrees Celsius.
    package var temperatureCelsius: Double?
    /// The detector's temperature in degrees Celsius.
    package var detectorTemperatureCelsius: Double?
    /// Relative humidity in percent.
    package var relativeHumidityPercent: Double?
    /// The lamp monitor's reading in counts.
    package var lampPhotodiode: Int?
    /// The ADC gain.
    package var gain: Int?
    /// How many passes the device averaged.
    package var repeats: Int?
    /// The scanner's own clock.
    package var deviceTime: String?
    /// The device's scan counter.
    package var scanIndex: Int?

    /// Makes one from its members; those that are null may be left out.
    package init(
      time: String? = nil,
      sample: String? = nil,
      labels: [String: String]? = nil,
      sampleSignal: [Int]? = nil,
      referenceSignal: [Int]? = nil,
      absorbance: [Double]? = nil,
      absorbanceMissing: [Int]? = nil,
      reference: String? = nil,
      temperatureCelsius: Double? = nil,
      detectorTemperatureCelsius: Double? = nil,
      relativeHumidityPercent: Double? = nil,
      lampPhotodiode: Int? = nil,
      gain: Int? = nil,
      repeats: Int? = nil,
      deviceTime: String? = nil,
      scanIndex: Int? = nil
    ) {
      self.time = time
      self.sample = sample
      self.labels = labels
      self.sampleSignal = sampleSignal
      self.referenceSignal = referenceSignal
      self.absorbance = absorbance
      self.absorbanceMissing = absorbanceMissing
      self.reference = reference
      self.temperatureCelsius = temperatureCelsius?.finite
      self.detectorTemperatureCelsius = detectorTemperatureCelsius?.finite
      self.relativeHumidityPercent = relativeHumidityPercent?.finite
      self.lampPhotodiode = lampPhotodiode
      self.gain = gain
      self.repeats = repeats
      self.deviceTime = deviceTime
      self.scanIndex = scanIndex
    }
  }
}

extension SpectradInterface.RecordedScan {
  /// Notes the absorbance at every wavelength, NaN where a point has no value.
  package mutating func setAbsorbance(_ values: [Double]) {
    let missing = values.indices.filter { !values[$0].isFinite }
    absorbance = values.map { $0.finite ?? 0 }
    absorbanceMissing = missing.isEmpty ? nil : missing
  }

  /// The absorbance at every wavelength, NaN where a point has no value; nil where it is told by
  /// the signals.
  package var absorbanceOrNaN: [Double]? {
    guard var values = absorbance else { return nil }
    for point in absorbanceMissing ?? [] where values.indices.contains(point) {
      values[point] = .nan
    }
    return values
  }
}
