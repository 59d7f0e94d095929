package import Spectra

/// What takes the scans of one scanner; every method is called on its acquisition thread.
package protocol ScanReceiver: AnyObject {
  /// Takes the scanner that was just identified, or refuses it by throwing.
  ///
  /// Called once for each connection, before the scanner is configured. `scannerNotConfigured` ends
  /// the acquisition of a scanner on this machine's USB; after any other error it is tried again.
  func accept(_ description: ScannerDescription) throws(AcquisitionError)

  /// Tells that the connection or its health changed.
  ///
  /// `description` is nil until the scanner was identified once. A scanner that was accepted is
  /// given back with `.disconnected`. A `reason` with `.ready` says why scans fail although the
  /// scanner answers, or why they have no reference.
  func scannerChanged(
    _ state: ScannerState,
    description: ScannerDescription?,
    reason: AcquisitionError?
  )

  /// Tells how long the lamp of the scanner that is ready has burnt, where the scanner counts that.
  func lampUsed(for duration: Duration)

  /// Tells that a white standard was measured, which scans use from now on if it is preferred.
  func referenceMeasured(at time: Timestamp)

  /// Offers the scan that just arrived.
  ///
  /// A receiver with room calls `decode` once, with the frame to fill, and hands on its error; one
  /// without room counts the scan as lost. Must not allocate or wait.
  func receive(
    _ decode: (inout ScanFrame) throws(ScanFileError) -> Void
  ) throws(ScanFileError)
}

extension ScanReceiver {
  /// Most receivers have no use for it.
  package func lampUsed(for duration: Duration) {}
}

/// What a client needs to know about a scanner's connection.
package enum ScannerState: String, Sendable {
  /// The first attempt to reach it is under way.
  case connecting
  /// It is identified, configured and takes commands.
  case ready
  /// It cannot be reached; attempts go on with growing pauses.
  case disconnected
}
