package import Spectra

/// One numbered event on its way into the store.
package struct StoredEvent: Sendable {
  /// The event's number in its stream, at least 1.
  package var sequence: UInt64
  /// When it happened.
  package var time: Timestamp
  /// What it is: `prediction`, `scanner`, `bundle` or `scansLost`.
  package var kind: String
  /// The scanner's name; nil for events of no scanner.
  package var scanner: String?
  /// The sample's display name; only of predictions.
  package var sample: String?
  /// The sample's identity, a ULID; only of predictions.
  package var sampleId: String?
  /// How many accepted scans the estimate rests on.
  package var scans: Int
  /// Whether the sample ends here.
  package var isFinal: Bool
  /// The bundle that answered as `name@version`; nil without one.
  package var bundle: String?
  /// The line as clients read it, its newline included.
  package var line: [UInt8]
  /// The scan behind a prediction; nil when there is none.
  package var scan: StoredScan?

  /// Makes an event from all its parts.
  package init(
    sequence: UInt64,
    time: Timestamp,
    kind: String,
    scanner: String? = nil,
    sample: String? = nil,
    sampleId: String? = nil,
    scans: Int = 0,
    isFinal: Bool = false,
    bundle: String? = nil,
    line: [UInt8],
    scan: StoredScan? = nil
  ) {
    (self.sequence, self.time, self.kind, self.scanner) = (sequence, time, kind, scanner)
    (self.sample, self.sampleId, self.scans, self.isFinal) = (sample, sampleId, scans, isFinal)
    (self.bundle, self.line, self.scan) = (bundle, line, scan)
  }
}

/// A scan to store, with the wavelengths and the scanner that it belongs to.
package struct StoredScan: Sendable {
  /// The scan as it was recorded.
  package var scan: Scan
  /// Equal for scans at the same wavelengths: what a repeated grid is recognised by first.
  package var gridRevision: UInt64
  /// The wavelength of every point in nanometres.
  package var wavelengthsNanometres: [Double]
  /// The scanner that made it.
  package var scanner: ScannerDescription

  /// Makes a scan to store from all its parts.
  package init(
    scan: Scan,
    gridRevision: UInt64,
    wavelengthsNanometres: [Double],
    scanner: ScannerDescription
  ) {
    (self.scan, self.gridRevision) = (scan, gridRevision)
    (self.wavelengthsNanometres, self.scanner) = (wavelengthsNanometres, scanner)
  }
}
