extension SpectradInterface {
  /// A scanner in full.
  package struct Scanner: Codable, Equatable, Sendable {
    /// The scanner's name.
    package var scanner: String
    /// Where it is connected, such as usb:1-1.
    package var place: String
    /// connecting, ready or disconnected.
    package var state: String
    /// Why; null when there is nothing to explain.
    package var reason: String?
    /// The reason in words, for people; null when there is none.
    package var explanation: String?
    /// When the state was entered.
    package var since: String
    /// The model.
    package var model: String?
    /// The controller's firmware.
    package var firmware: String?
    /// Scans answered since the daemon started.
    package var scans: Int
    /// Scans lost since the daemon started.
    package var scansLost: Int
    /// When the last scan arrived.
    package var lastScan: String?
    /// The last scan's system temperature in degrees Celsius.
    package var temperatureCelsius: Double?
    /// The last scan's detector temperature in degrees Celsius.
    package var detectorTemperatureCelsius: Double?
    /// The last scan's relative humidity in percent.
    package var relativeHumidityPercent: Double?
    /// The last scan's lamp monitor reading in counts.
    package var lampPhotodiode: Int?
    /// How long the lamp has been used in hours; null when the scanner does not tell.
    package var lampHours: Double?
    /// The last scan's reference; null before the first.
    package var reference: Reference?
    /// The open sample; null when none is.
    package var sample: OpenSample?

    /// Makes one from its members; those that are null may be left out.
    package init(
      scanner: String,
      place: String,
      state: String,
      reason: String? = nil,
      explanation: String? = nil,
      since: String,
      model: String? = nil,
      firmware: String? = nil,
      scans: Int,
      scansLost: Int,
      lastScan: String? = nil,
      temperatureCelsius: Double? = nil,
      detectorTemperatureCelsius: Double? = nil,
      relativeHumidityPercent: Double? = nil,
      lampPhotodiode: Int? = nil,
      lampHours: Double? = nil,
      reference: Reference? = nil,
      sample: OpenSample? = nil
    ) {
      (self.scanner, self.place, self.state, self.reason) = (scanner, place, state, reason)
      self.explanation = explanation
      self.since = since
      self.model = model
      self.firmware = firmware
      self.scans = scans
      self.scansLost = scansLost
      self.lastScan = lastScan
      self.temperatureCelsius = temperatureCelsius?.finite
      self.detectorTemperatureCelsius = detectorTemperatureCelsius?.finite
      self.relativeHumidityPercent = relativeHumidityPercent?.finite
      self.lampPhotodiode = lampPhotodiode
      self.lampHours = lampHours?.finite
      (self.reference, self.sample) = (reference, sample)
    }
  }

  /// A sample that is being measured.
  package struct OpenSample: Codable, Equatable, Sendable {
    /// Its identity.
    package var sampleId: String
    /// Its display name.
    package var sample: String
    /// When it began.
    package var began: String
    /// Accepted scans so far.
    package var scans: Int

    /// Makes one from its members.
    package init(sampleId: String, sample: String, began: String, scans: Int) {
      (self.sampleId, self.sample, self.began, self.scans) = (sampleId, sample, began, scans)
    }
  }
}
