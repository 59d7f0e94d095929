package import Spectra

/// The state of one scanner as clients read it.
package struct ScannerReport: Equatable, Sendable {
  /// The state of a scanner that scans or could: heartbeats count these.
  package static let ready = "ready"

  /// Where the scanner is; not published.
  package var place: String
  /// The scanner's name: the serial number it reports, or its place.
  package var name: String
  /// A stable name of the state, such as `ready`.
  package var state: String
  /// Why the scanner is in this state; nil when there is nothing to explain.
  package var reason: String?
  /// The model name, for example `NIRscan Nano`.
  package var model: String?
  /// The controller's firmware version, for example `2.1.0`.
  package var firmware: String?
  /// CLOCK_REALTIME when the state was entered.
  package var time: Timestamp

  /// Makes a report from all its parts.
  package init(
    place: String,
    name: String,
    state: String,
    reason: String?,
    model: String?,
    firmware: String?,
    time: Timestamp
  ) {
    (self.place, self.name, self.state, self.reason) = (place, name, state, reason)
    (self.model, self.firmware, self.time) = (model, firmware, time)
  }
}

/// The bundle in use as clients read it.
package struct BundleReport: Equatable, Sendable {
  /// The bundle's name.
  package var name: String
  /// The bundle's version.
  package var version: String
  /// The SHA-256 of `bundle.json` in lower-case hexadecimal digits.
  package var sha256: String
  /// Whether the bundle is for demonstration only.
  package var demonstration: Bool

  /// Makes a report from all its parts.
  package init(name: String, version: String, sha256: String, demonstration: Bool) {
    (self.name, self.version, self.sha256) = (name, version, sha256)
    self.demonstration = demonstration
  }
}
