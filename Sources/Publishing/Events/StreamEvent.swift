package import Spectra

/// What happens in the daemon and is told to every client, each under its own number.
package enum StreamEvent: Equatable, Sendable {
  /// A scanner came, went or changed its state.
  case scanner(ScannerReport)
  /// An answer after one scan; the second value is CLOCK_MONOTONIC in nanoseconds at the scan's
  /// last USB report, nil when a silence ended the sample.
  case prediction(Prediction, monotonicNanoseconds: UInt64?)
  /// Another bundle is in use from `time` on.
  case bundle(BundleReport, time: Timestamp)
  /// Scans of `scanner` were dropped; `reason` is a stable name such as `ringFull`.
  case scansLost(scanner: String, count: Int, reason: String, time: Timestamp)
}

extension StreamEvent {
  /// The type of the event's line.
  var kind: StreamObjectKind {
    switch self {
    case .scanner: .scanner
    case .prediction: .prediction
    case .bundle: .bundle
    case .scansLost: .scansLost
    }
  }

  /// The scanner that the event is about; nil when it is about all.
  var scanner: String? {
    switch self {
    case .scanner(let report): report.name
    case .prediction(let prediction, _): prediction.scanner
    case .bundle: nil
    case .scansLost(let scanner, _, _, _): scanner
    }
  }

  /// The sample that the event belongs to.
  var sampleId: String? {
    if case .prediction(let prediction, _) = self { prediction.sampleId } else { nil }
  }

  /// Whether the event is a sample's last prediction.
  var isFinal: Bool {
    if case .prediction(let prediction, _) = self { prediction.final } else { false }
  }
}
