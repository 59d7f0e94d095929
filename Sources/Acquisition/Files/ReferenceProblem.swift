internal import Spectra

/// Why a scan of a white standard is not fit to be a reference.
package enum ReferenceProblem: Error, Equatable, Sendable {
  /// The file is no Column scan.
  case unreadable(ScanFileError)
  /// The scanner could not set its gain.
  case gainFailure
  /// A word of the scan is so high that the converter may have clipped it.
  case saturated(count: Int32)
  /// A pattern shows no light at all.
  case noLight(pattern: Int, count: Int32)
  /// The strongest pattern shows too little light.
  case tooDark(peak: Int32)
  /// The scanner has no serial number under which the reference could be found again.
  case noSerialNumber

  /// The stable name that clients read.
  package var reason: String {
    switch self {
    case .unreadable: "referenceUnreadable"
    case .gainFailure: "referenceGainFailure"
    case .saturated: "referenceSaturated"
    case .noLight, .tooDark: "referenceTooDark"
    case .noSerialNumber: "referenceWithoutSerialNumber"
    }
  }

  /// From here on a raw word counts as clipped: 99 % of the 24-bit converter's 8,388,607.
  ///
  /// The device picks a gain that keeps a scan below 90 %, and a word is the mean of several
  /// passes, so one that clipped in some of them stays just below full scale.
  package static let saturationCount: Int32 = 8_304_720
  /// The least counts of the strongest pattern.
  ///
  /// White standards measured 140,000 and more at full gain, with dark words spread over 700:
  /// below this the spread would be more than 3 % of the best point.
  package static let peakCountMin: Int32 = 20_000

  /// Checks that the scan in `bytes` can serve as a reference.
  package static func check(_ bytes: Span<UInt8>) throws(ReferenceProblem) {
    let file: ScanFile
    do throws(ScanFileError) {
      file = try ScanFile(parsing: bytes)
    } catch {
      throw .unreadable(error)
    }
    guard file.header.gain > 0 else { throw .gainFailure }
    var signal = FixedArray<Int32>(repeating: 0, count: Limits.wavelengths)
    let maximum = file.decodeSignal(of: bytes, into: &signal)
    guard maximum < saturationCount else { throw .saturated(count: maximum) }
    var peak = Int32(0)
    for pattern in 0..<file.sections.patterns {
      let count = signal[pattern]
      guard count > 0 else {
        throw .noLight(pattern: pattern, count: count)
      }
      peak = max(peak, count)
    }
    guard peak >= peakCountMin else { throw .tooDark(peak: peak) }
  }
}

extension ReferenceProblem: CustomStringConvertible {
  /// What was found and what was expected.
  package var description: String {
    switch self {
    case .unreadable(let error): "\(error)"
    case .gainFailure: "the scanner could not set its gain"
    case .saturated(let count):
      "a word of \(count) counts, expected less than \(ReferenceProblem.saturationCount)"
    case .noLight(let pattern, let count):
      "\(count) counts at pattern \(pattern), expected light everywhere"
    case .tooDark(let peak):
      "\(peak) counts at the most, expected at least \(ReferenceProblem.peakCountMin)"
    case .noSerialNumber: "the scanner has no serial number to store it under"
    }
  }
}
