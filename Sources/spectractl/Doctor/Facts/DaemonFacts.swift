/// Whether a daemon runs, and what it says.
package struct DaemonFacts: Sendable {
  /// The running programs of the name `spectrad`.
  package var processes: [Int32]
  /// Whether systemd knows the service.
  package var isServiceInstalled: Bool
  /// What came of connecting to the prediction socket.
  package var socket: SocketState

  /// Makes the facts from their parts.
  package init(processes: [Int32], isServiceInstalled: Bool, socket: SocketState) {
    (self.processes, self.isServiceInstalled) = (processes, isServiceInstalled)
    self.socket = socket
  }
}

/// What came of connecting to the prediction socket.
package enum SocketState: Sendable {
  /// There is no such file.
  case missing
  /// The file is there, but no program listens.
  case nobodyListens
  /// This user may not connect.
  case forbidden
  /// It failed for another reason; the text says which.
  case failed(String)
  /// The connection was made, but no daemon introduced itself.
  case silent
  /// The daemon said goodbye at once, for this reason.
  case refused(reason: String)
  /// The daemon introduced itself.
  case answers(StreamFacts)
}

/// What the daemon said in the seconds of listening.
package struct StreamFacts: Equatable, Sendable {
  /// One scanner as the daemon sees it.
  package struct Scanner: Equatable, Sendable {
    /// Its name: a serial number, or a place.
    package var name: String
    /// `ready`, `connecting` or `disconnected`.
    package var state: String
    /// The stable name of the reason; nil when there is nothing to explain.
    package var reason: String?
    /// The model; nil while it is not known.
    package var model: String?
    /// The firmware's version, for example `2.1.0`; nil while it is not known.
    package var firmware: String?
    /// Its newest scan in these seconds; nil when there was none.
    package var scan: Scan?

    /// Makes a scanner from its parts.
    package init(
      name: String,
      state: String,
      reason: String? = nil,
      model: String? = nil,
      firmware: String? = nil,
      scan: Scan? = nil
    ) {
      (self.name, self.state, self.reason) = (name, state, reason)
      (self.model, self.firmware, self.scan) = (model, firmware, scan)
    }
  }

  /// What a prediction says of its scan.
  package struct Scan: Equatable, Sendable {
    /// Whether it counts for its sample.
    package var isAccepted: Bool
    /// The stable names of what is wrong with it.
    package var reasons: [String]
    /// The stable names of what is wrong with the answers of any target, each once.
    package var answerReasons: [String]
    /// The kind of the reference; nil without one.
    package var referenceKind: String?

    /// Makes a scan's facts from their parts.
    package init(
      isAccepted: Bool,
      reasons: [String] = [],
      answerReasons: [String] = [],
      referenceKind: String? = nil
    ) {
      (self.isAccepted, self.reasons) = (isAccepted, reasons)
      (self.answerReasons, self.referenceKind) = (answerReasons, referenceKind)
    }
  }

  /// The bundle that the daemon answers with.
  package struct Bundle: Equatable, Sendable {
    /// Its name and version, as predictions carry them.
    package var label: String
    /// The digest of its `bundle.json`.
    package var sha256: String
    /// Whether its answers are for demonstration only.
    package var isDemonstration: Bool

    /// Makes a bundle's facts from their parts.
    package init(label: String, sha256: String, isDemonstration: Bool) {
      (self.label, self.sha256, self.isDemonstration) = (label, sha256, isDemonstration)
    }
  }

  /// The daemon's name and version.
  package var daemon: String
  /// The bundle; nil when the daemon has none.
  package var bundle: Bundle?
  /// The scanners, in the daemon's order.
  package var scanners: [Scanner]
  /// How many scans were lost in these seconds.
  package var scansLost: Int

  /// Makes the facts from their parts.
  package init(daemon: String, bundle: Bundle?, scanners: [Scanner], scansLost: Int = 0) {
    (self.daemon, self.bundle, self.scanners) = (daemon, bundle, scanners)
    self.scansLost = scansLost
  }
}
