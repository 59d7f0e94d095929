extension SpectradInterface {
  /// A bundle in the state directory.
  package struct InstalledBundle: Codable, Equatable, Sendable {
    /// The name that LoadBundle takes.
    package var name: String
    /// The bundle's version.
    package var version: String
    /// SHA-256 of bundle.json.
    package var sha256: String
    /// Whether it is for demonstration only.
    package var demonstration: Bool
    /// Whether it is the one that is selected.
    package var selected: Bool

    /// Makes one from its members.
    package init(
      name: String,
      version: String,
      sha256: String,
      demonstration: Bool,
      selected: Bool
    ) {
      self.name = name
      self.version = version
      self.sha256 = sha256
      self.demonstration = demonstration
      self.selected = selected
    }
  }

  /// What the daily check measured on a standard: the baseline of later checks.
  package struct Baseline: Codable, Equatable, Sendable {
    /// The scanner's name.
    package var scanner: String
    /// The standard's name, such as white.
    package var standard: String
    /// When it was measured.
    package var time: String
    /// How many scans it rests on.
    package var scans: Int
    /// Median over wavelengths of the standard deviation of absorbance over the scans.
    package var noiseAbsorbance: Double
    /// Median lamp monitor reading in counts; null when the scanner has none.
    package var lampPhotodiode: Double?
    /// Median over wavelengths of the sample signal, in counts at gain 1.
    package var signalCounts: Double
    /// Wavelengths of the spectrum's peaks in nanometres, rising.
    package var peaksNanometres: [Double]

    /// Makes one from its members; those that are null may be left out.
    package init(
      scanner: String,
      standard: String,
      time: String,
      scans: Int,
      noiseAbsorbance: Double,
      lampPhotodiode: Double? = nil,
      signalCounts: Double,
      peaksNanometres: [Double]
    ) {
      (self.scanner, self.standard, self.time, self.scans) = (scanner, standard, time, scans)
      self.noiseAbsorbance = noiseAbsorbance
      self.lampPhotodiode = lampPhotodiode?.finite
      self.signalCounts = signalCounts
      self.peaksNanometres = peaksNanometres
    }
  }
}
