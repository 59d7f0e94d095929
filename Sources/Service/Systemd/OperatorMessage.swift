package import Logging

/// An event that an operator must know, by the MESSAGE_ID that it has in the journal.
///
/// `systemd/spectrad.catalog` says for each what to do; `journalctl -x` shows it. An identity, once
/// given, stays for ever: people filter by it.
package enum OperatorMessage: String, CaseIterable, Sendable {
  /// The daemon is ready.
  case started = "5ced0d1a89154a47bf04ff84f7e0fac4"
  /// The daemon comes to its end, as it was asked to.
  case stopping = "fa7067f1e892476292f5b92eee6352fe"
  /// A scanner is ready to scan.
  case scannerReady = "c3735fafd6ab4d9da572199c5b390239"
  /// A scanner went away, or its connection did.
  case scannerLost = "1979bf2e23554ce38ee854eed888b658"
  /// A scanner answers, but with errors of its own.
  case scannerUnhealthy = "4a348e605b6f4f91a129c4b1b51e88a4"
  /// A scanner is there and cannot be used.
  case scannerRefused = "e87bcb2c3e084f7fba3c1c5047bb022b"
  /// Scans were dropped because the daemon fell behind.
  case scansLost = "b57eccd9a1b944b4ae450a008baccc38"
  /// Another bundle answers from now on.
  case bundleLoaded = "5c3e3025e5434bdb82beb871c9a25abb"
  /// A bundle failed its checks and is not used.
  case bundleRefused = "77be9b9f795542708d32d4e616db9225"
  /// No bundle is selected: scans are stored and published without predictions.
  case noBundle = "e8ec16d096804e79a5eb7bb293f0aada"
  /// Events cannot be stored; predictions go on.
  case storeUnavailable = "ab4af459edea46858a3e69f94c7a0620"
  /// The disk is full: events are published and not stored.
  case storeFull = "9e6cd86860b1414e953eee65e7f96a90"
  /// A damaged file of the store was set aside and a new one begun.
  case storeSetAside = "56212154d6b44ed79ea31a73f9947572"
  /// Events are stored again.
  case storeRecovered = "a9ee70a23b494932ba540f3ea8eac3bc"
  /// A white reference was measured.
  case referenceMeasured = "22f4383729ef49bca49cef58ebbea7f9"
  /// A white reference could not be measured.
  case referenceFailed = "a3647c72cfcd48679e486705948f399a"
  /// The configuration was read again and is in force.
  case configurationReloaded = "a2a371ba0087443a81d655d176681933"
  /// The configuration that was read again is refused; the old one is in force.
  case configurationRefused = "9ed8179508fb4ec98e59f00ce1875df1"
  /// A stage of the daemon hangs; systemd will restart it.
  case stageHangs = "e90285950e434454badecdb27341ae2e"
  /// Events are numbered anew, in another stream.
  case streamChanged = "87ad6ad95ba24fcb916324b541423818"

  /// What the journal calls the event: 128 bits in lower-case hexadecimal digits.
  package var messageID: String { rawValue }

  /// How urgent it is: an error and worse want a person, a warning wants a look some day.
  package var level: Logger.Level {
    switch self {
    case .started, .stopping, .scannerReady:
      .info
    case .bundleLoaded, .storeRecovered, .referenceMeasured, .configurationReloaded:
      .notice
    case .scannerLost, .scannerUnhealthy, .scansLost, .noBundle, .streamChanged:
      .warning
    case .scannerRefused, .bundleRefused, .storeUnavailable, .storeFull, .storeSetAside,
      .referenceFailed, .configurationRefused:
      .error
    case .stageHangs:
      .critical
    }
  }
}

extension Logger {
  /// The metadata key that carries an event's MESSAGE_ID to the journal.
  package static let messageIDKey = "messageID"

  /// Tells the operator of an event.
  ///
  /// - Parameters:
  ///   - message: which event: its MESSAGE_ID and level.
  ///   - text: one sentence; it never holds a sample's name.
  ///   - metadata: the fields: scanner, sampleId, sequence, bundle (digest), error and the like.
  package func tell(
    _ message: OperatorMessage,
    _ text: Logger.Message,
    metadata: Logger.Metadata = [:]
  ) {
    log(
      level: message.level,
      text,
      metadata: metadata.merging([Logger.messageIDKey: "\(message.messageID)"]) { $1 }
    )
  }
}
