internal import Spectra

/// What is wrong with a scanner that still scans, under the stable names that clients read.
package struct ScannerHealth: OptionSet, Hashable, Sendable, BitwiseCopyable {
  package let rawValue: UInt16
  /// Makes a set from its bits.
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The lamp driver failed, so a scan had no light of the scanner's own.
  package static let lampFault = ScannerHealth(rawValue: 1 << 0)
  /// The lamp gives less than `lampShareMin` of the light that it gave for the factory's reference.
  package static let lampWeak = ScannerHealth(rawValue: 1 << 1)
  /// The detector's converter failed.
  package static let detectorFault = ScannerHealth(rawValue: 1 << 2)
  /// The scanner could not set its gain, so its scans have no absorbance.
  package static let gainFailure = ScannerHealth(rawValue: 1 << 3)
  /// The detector's temperature sensor failed.
  package static let temperatureSensorFault = ScannerHealth(rawValue: 1 << 4)
  /// The temperature and humidity sensor failed.
  package static let humiditySensorFault = ScannerHealth(rawValue: 1 << 5)
  /// The scanner's clock is where it starts after power-up, or does not take the host's time.
  package static let clockUnset = ScannerHealth(rawValue: 1 << 6)
  /// The scanner goes to sleep when it is idle, although it was told not to.
  package static let hibernationOn = ScannerHealth(rawValue: 1 << 7)

  /// InnoSpectra's firmware found the lamp, the peak or the repeated passes unstable.
  package static let signalUnstable = ScannerHealth(rawValue: 1 << 8)

  private static let orderedNames = [
    "lampFault", "lampWeak", "detectorFault", "gainFailure", "temperatureSensorFault",
    "humiditySensorFault", "clockUnset", "hibernationOn", "signalUnstable",
  ]

  /// The names of what is wrong, the worst first.
  package var names: [String] {
    ScannerHealth.orderedNames.enumerated().filter { rawValue & (1 << $0.offset) != 0 }
      .map(\.element)
  }

  /// The name of the worst that is wrong; nil for a healthy scanner.
  package var reason: String? {
    isEmpty ? nil : ScannerHealth.orderedNames[rawValue.trailingZeroBitCount]
  }

  /// The least light of the lamp, as a share of that in the factory's reference.
  ///
  /// Real scanners give 0.99 to 1.04 years later; one that has lost half of its light is no matter
  /// of ageing or temperature any more.
  package static let lampShareMin = 0.5
}

extension ScannerHealth {
  /// What a scan says about its scanner; allocates nothing.
  ///
  /// `lampAtReference` is the lamp's reading in the factory's reference, 0 when there is none.
  init(_ header: ScanFileHeader, errors: NanoErrorStatus, lampAtReference: UInt16) {
    self.init(errors: errors)
    // A unit without a lamp monitor stores 0.
    if header.lampPhotodiode > 0, lampAtReference > 0,
      Double(header.lampPhotodiode) < ScannerHealth.lampShareMin * Double(lampAtReference)
    {
      insert(.lampWeak)
    }
    if header.gain == 0 { insert(.gainFailure) }
    if header.temperatureCelsius == nil || header.relativeHumidityPercent == nil {
      insert(.humiditySensorFault)
    }
    // A unit without this sensor stores 0, and is not ill.
    if header.detectorTemperatureHundredths != 0, header.detectorTemperatureCelsius == nil {
      insert(.temperatureSensorFault)
    }
    if header.isAtBootTime { insert(.clockUnset) }
  }

  /// What the error status says about the scanner, also after a scan that failed.
  init(errors: NanoErrorStatus) {
    self.init()
    if errors.bits.contains(.scan), errors.scanCode & 0x04 != 0 { insert(.lampFault) }
    if errors.bits.contains(.converter) { insert(.detectorFault) }
    if errors.bits.contains(.temperatureSensor) { insert(.temperatureSensorFault) }
    if errors.bits.contains(.humiditySensor) { insert(.humiditySensorFault) }
    if errors.bits.contains(.system) {
      if errors.systemCode & 0x04 != 0 { insert(.detectorFault) }
      if errors.systemCode & 0x08 != 0 { insert(.gainFailure) }
      if errors.systemCode & ~0x0C != 0 || errors.systemCode == 0 { insert(.signalUnstable) }
    }
  }
}

extension ScanFileHeader {
  /// Whether the scanner's clock stands where it starts after power-up, or is no time at all.
  ///
  /// It starts at 07:00 on 2015-03-31 (Texas Instruments) or 2018-01-01 (InnoSpectra), and no
  /// scanner stays switched on for a month without a host that sets its clock.
  var isAtBootTime: Bool {
    guard let deviceTime else { return true }
    let seconds = deviceTime.microsecondsSinceEpoch / 1_000_000
    let month: Int64 = 30 * 86_400
    return (1_427_785_200..<1_427_785_200 + month).contains(seconds)
      || (1_514_790_000..<1_514_790_000 + month).contains(seconds)
  }
}
