package import Spectra

/// A recording in the device's own terms: everything that a virtual scanner needs to serve it.
package struct PlayableRecording: Equatable, Sendable {
  /// The serial number that the scanner reports.
  package var serial: String
  /// The model name, at most 15 bytes.
  package var model = "NIRscan Nano"
  /// The scanner's coefficients.
  package var calibration: Calibration
  /// The configuration that all scans were made with.
  package var configuration: ScanConfiguration
  /// The factory reference's counts, one per point.
  package var reference: [Int32]
  /// The gain at which the reference was measured.
  package var referenceGain: UInt8
  /// The scans, oldest first.
  package var scans: [PlayableScan]

  /// Makes a recording from its parts.
  package init(
    serial: String,
    calibration: Calibration,
    configuration: ScanConfiguration,
    reference: [Int32],
    referenceGain: UInt8,
    scans: [PlayableScan]
  ) {
    (self.serial, self.calibration, self.configuration) = (serial, calibration, configuration)
    (self.reference, self.referenceGain, self.scans) = (reference, referenceGain, scans)
  }

  /// How many samples the scans form: consecutive scans of one name are one sample.
  package var sampleCount: Int { scans.indices.count { endsSample(at: $0) } }

  /// Whether the scan at `index` is the last of its sample.
  package func endsSample(at index: Int) -> Bool {
    index + 1 == scans.count || scans[index + 1].sample != scans[index].sample
  }
}

/// One scan in the device's own terms; nil is what the recording does not know.
package struct PlayableScan: Equatable, Sendable {
  /// The sample's name; it only says where a sample ends.
  package var sample: String?
  /// Counts above the dark level, one per point.
  package var signal: [Int32]
  /// HDC1000 temperature in hundredths of a degree Celsius.
  package var systemHundredths: Int16?
  /// TMP006 temperature in hundredths of a degree Celsius.
  package var detectorHundredths: Int16?
  /// Relative humidity in hundredths of a percent.
  package var humidityHundredths: UInt16?
  /// The lamp monitor's counts.
  package var lampPhotodiode: UInt16?
  /// ADC gain, 0 for a gain failure.
  package var gain: UInt8 = 64
  /// How many passes were averaged.
  package var repeats: UInt16?
  /// The device's clock at the scan.
  package var deviceTime: Timestamp?
  /// The device's scan counter.
  package var scanIndex: UInt32?

  /// Makes a scan of which only the signal is known.
  package init(sample: String?, signal: [Int32]) { (self.sample, self.signal) = (sample, signal) }
}
