package import Spectra

/// One stored sample.
package struct SampleRecord: Equatable, Sendable {
  /// Its identity, a ULID.
  package var sampleId: String
  /// Its display name; it may repeat.
  package var sample: String
  /// The scanner that measured it.
  package var scanner: String
  /// When its first event happened.
  package var began: Timestamp
  /// When its last event happened.
  package var ended: Timestamp
  /// Whether it has ended.
  package var isFinal: Bool
  /// Accepted scans, as its last event says.
  package var scans: Int
  /// Scans that are stored, accepted or not.
  package var storedScans: Int
  /// The line of its last event, newline included: its last answers stand there.
  package var lastLine: [UInt8]
  /// The classes that are known, by target.
  package var labels: [String: String]
  /// The bundle that answered as `name@version`; nil without one.
  package var bundle: String?
  /// The number of its last event.
  package var lastSequence: UInt64
}

/// Which samples are asked for; what is nil does not matter.
package struct SampleFilter: Equatable, Sendable {
  /// The most samples that one answer holds.
  package static let limitMax = 1_000

  /// Only of this scanner.
  package var scanner: String?
  /// Only of this display name.
  package var sample: String?
  /// Only those whose last event happened at this time or later.
  package var since: Timestamp?
  /// Only those with labels (true) or without (false).
  package var isLabelled: Bool?
  /// Only those older than this sample: the last of the page before; it need not exist any more.
  package var before: String?
  /// At most so many; kept within 1 to `limitMax`.
  package var limit = 100

  /// Makes a filter that every sample passes.
  package init() {}
}

/// Samples, the newest first.
package struct SamplePage: Equatable, Sendable {
  /// The samples; in the order in which they began, backwards.
  package var samples: [SampleRecord]
  /// Whether there are more behind the last one.
  package var hasMore: Bool
}

/// The wavelengths and the scanner of scans that belong together.
package struct StoredGrid: Equatable, Sendable {
  /// What `NumberedScan.grid` names; unique within the store.
  package var key: Int64
  /// The wavelength of every point in nanometres.
  package var wavelengthsNanometres: [Double]
  /// The scanner that made the scans.
  package var scanner: ScannerDescription
}

/// A stored scan under the number of its prediction.
package struct NumberedScan: Equatable, Sendable {
  /// The number of its prediction.
  package var sequence: UInt64
  /// The key of its grid.
  package var grid: Int64
  /// The scan as it was recorded; labels given later stand in the sample.
  package var scan: Scan
}

/// A piece of a sample's scans.
package struct SampleScans: Equatable, Sendable {
  /// The grids of these scans, each once.
  package var grids: [StoredGrid]
  /// The scans by rising number; empty behind the last one.
  package var scans: [NumberedScan]
}

/// One scan with everything that belongs to it.
package struct ScanRecord: Equatable, Sendable {
  /// The scan.
  package var scan: Scan
  /// Its wavelengths and scanner.
  package var grid: StoredGrid
  /// The line of its prediction, newline included.
  package var line: [UInt8]
  /// Its sample's identity.
  package var sampleId: String
  /// The classes that are known of its sample, by target.
  package var labels: [String: String]
}
