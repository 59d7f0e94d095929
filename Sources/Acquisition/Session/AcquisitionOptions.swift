package import Spectra

/// How a scanner is driven: when it scans and how long each wait may last.
package struct AcquisitionOptions: Sendable, Equatable {
  /// When a scan is started.
  package enum Mode: String, Sendable {
    /// Scan after scan.
    case continuous
    /// Only when a client asks.
    case onRequest
  }

  /// When a scan is started.
  package var mode = Mode.continuous
  /// The pause between two looks at the device's status while it scans; zero looks at once.
  package var statusPollInterval = Duration.milliseconds(100)
  /// The pause before a scan is asked for again that the device was too busy for, or that failed.
  package var busyRetryInterval = Duration.milliseconds(100)
  /// How long a connection to the scanner may take to be made.
  package var connectTimeout = Duration.seconds(5)
  /// How long the device may take to answer an ordinary command.
  package var commandTimeout = Duration.seconds(2)
  /// How long it may take for those that boot its display controller or rebuild its patterns.
  package var slowCommandTimeout = Duration.seconds(5)
  /// What a scan may take beyond the device's own estimate.
  package var scanTimeoutMargin = Duration.seconds(5)
  /// How long the device must be silent before it counts as drained.
  package var drainTimeout = Duration.milliseconds(50)
  /// The pause before the first attempt to connect again; it doubles with every failure.
  package var initialBackoff = Duration.milliseconds(100)
  /// The longest pause between two attempts to connect.
  package var maximumBackoff = Duration.seconds(5)
  /// The longest time without a command: an idle device would go to sleep after five minutes.
  package var keepAwakeInterval = Duration.seconds(60)
  /// How long a device may be busy before a scan that was asked for is given up.
  package var scanPatience = Duration.seconds(60)
  /// How long after it was asked for a reference may be measured: then the standard may be gone.
  package var referencePatience = Duration.seconds(60)
  /// The kind of reference that is used where the scanner has both.
  package var preferredReference = ReferenceKind.factory

  /// Makes the options of a real scanner that scans without pause.
  package init() {}
}
