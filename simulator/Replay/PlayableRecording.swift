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

  /// How many samples the scans form.
  package var sampleCount: Int { scans.indices.count { endsSample(at: $0) } }

  /// Whether the scan at `index` is the last of its sample.
  package func endsSample(at index: Int) -> Bool {
    index + 1 == scans.count || scans[index + 1].sampleNumber != scans[index].sampleNumber
  }

  /// Deals the samples out to several scanners in turn, each with a serial number of its own.
  ///
  /// There are never more scanners than samples.
  package func dealt(toScanners count: Int) -> [PlayableRecording] {
    let scannerCount = min(count, sampleCount)
    guard scannerCount > 1 else { return [self] }
    var hands = [[PlayableScan]](repeating: [], count: scannerCount)
    var turn = 0
    for index in scans.indices {
      hands[turn % scannerCount].append(scans[index])
      if endsSample(at: index) { turn += 1 }
    }
    return hands.enumerated().map { index, scans in
      var recording = self
      recording.scans = scans
      recording.rename(serial: PlayableRecording.serial(serial, ofScanner: index + 1))
      return recording
    }
  }

  /// Gives the scanner, and the configuration stored in it, another serial number.
  package mutating func rename(serial: String) {
    self.serial = serial
    configuration.serial = serial
  }

  /// `serial` for the first scanner, `seri-2` for the second; at most 7 bytes.
  package static func serial(_ serial: String, ofScanner number: Int) -> String {
    let suffix = number == 1 ? "" : "-\(number)"
    return serial.prefix(7 - suffix.utf8.count) + suffix
  }
}

/// One scan in the device's own terms; nil is what the recording does not know.
package struct PlayableScan: Equatable, Sendable {
  /// Which of the recording's samples was scanned; names would not do, as they may repeat.
  package var sampleNumber: Int
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
  package init(sampleNumber: Int, signal: [Int32]) {
    (self.sampleNumber, self.signal) = (sampleNumber, signal)
  }
}
