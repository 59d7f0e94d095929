package import Acquisition
package import Service
package import Spectra

/// Everything that was observed before the examination; the checks look at nothing else.
package struct DoctorFacts: Sendable {
  /// The configuration that a daemon started now would have.
  package var configuration: Result<DaemonConfiguration, ConfigurationErrors>
  /// This machine's USB.
  package var usb: USBFacts
  /// The udev rule.
  package var rule: RuleState
  /// Who asks.
  package var account: AccountFacts
  /// The configured USB/IP servers, in the configuration's order.
  package var servers: [ServerFacts]
  /// The daemon.
  package var daemon: DaemonFacts
  /// The stored reference of each scanner that the daemon names.
  package var references: [String: ReferenceState]
  /// The configured bundle.
  package var bundle: BundleState
  /// The time of the examination.
  package var now: Timestamp

  /// What the daemon said on its socket; nil when it said nothing.
  var stream: StreamFacts? {
    if case .answers(let stream) = daemon.socket { stream } else { nil }
  }

  /// The configuration's values; those of an empty one when it has mistakes.
  var values: DaemonConfiguration { (try? configuration.get()) ?? DaemonConfiguration() }

  /// Whether a scanner works, so that whatever is odd further up does not stand in its way.
  var isScannerReady: Bool { readyScannerCount > 0 }

  /// How many scanners work.
  var readyScannerCount: Int { stream?.scanners.count { $0.state == "ready" } ?? 0 }
}

/// The udev rule that gives scanners to the group.
package enum RuleState: Equatable, Sendable {
  /// No folder of rules has it.
  case missing
  /// An empty file or a link to nowhere of that name takes its place.
  case masked(path: String)
  /// It is in force.
  case installed(path: String)
}

/// A USB/IP server and what it answered.
package struct ServerFacts: Sendable {
  /// The configured address.
  package var address: USBIPAddress
  /// The bus ids that it offers, or why it could not be asked.
  package var busIDs: Result<[String], AcquisitionError>

  /// Makes the facts from their parts.
  package init(address: USBIPAddress, busIDs: Result<[String], AcquisitionError>) {
    (self.address, self.busIDs) = (address, busIDs)
  }
}

/// The user's own reference of one scanner.
package enum ReferenceState: Equatable, Sendable {
  /// None was measured.
  case missing
  /// Measured at this time.
  case measured(Timestamp)
  /// It is there but cannot be used; the text says why.
  case unusable(String)
}

/// The configured model bundle.
package enum BundleState: Equatable, Sendable {
  /// The configuration names none.
  case notConfigured
  /// It is as it should be.
  case good(label: String, sha256: String, isDemonstration: Bool, reference: ReferenceKind?)
  /// The daemon would not start with it; the text names the file and the first difference.
  case refused(String)
}

extension DoctorFacts {
  /// Makes the facts from all their parts.
  package init(
    configuration: Result<DaemonConfiguration, ConfigurationErrors>,
    usb: USBFacts,
    rule: RuleState,
    account: AccountFacts,
    servers: [ServerFacts],
    daemon: DaemonFacts,
    references: [String: ReferenceState],
    bundle: BundleState,
    observedAt now: Timestamp
  ) {
    (self.configuration, self.usb, self.rule) = (configuration, usb, rule)
    (self.account, self.servers, self.daemon) = (account, servers, daemon)
    (self.references, self.bundle, self.now) = (references, bundle, now)
  }
}
