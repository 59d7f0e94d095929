import Spectra
package import Streaming

/// What the pipeline thread keeps for one scanner: the ring's reading end and the open sample.
///
/// A class only because an array cannot hold values that are not copyable.
// SAFETY (Sendable): built on the main thread, then used by the pipeline thread alone.
package final class ScannerLane: @unchecked Sendable {
  var scans: ScanRing.Consumer
  var sample: SampleInProgress
  /// The last scan of the open sample: what its final line says about the reference.
  var lastScan = ScanHeader()
  /// When a silence ends the open sample, in nanoseconds of the monotonic clock.
  var silenceDeadline: UInt64 = 0
  /// How many samples the scanner of `lastScan` has begun: the display name of the next.
  var sampleCount = 0
  /// Losses that have been noticed and not yet been reported.
  private var noticedLosses: UInt64 = 0
  /// How many scans that waited when the losses were noticed come before them, at most.
  private var scansBeforeLosses = 0

  /// Joins a scanner's ring with the samples that are made of its scans.
  package init(scans: consuming ScanRing.Consumer, sample: consuming SampleInProgress) {
    self.scans = scans
    self.sample = sample
  }

  /// Takes note of scans that the full ring has dropped.
  func noticeLosses() {
    let count = scans.takeLosses()
    guard count > 0 else { return }
    // They are newer than the scans that wait in the ring: those are answered first.
    if noticedLosses == 0 { scansBeforeLosses = Limits.ringScans }
    noticedLosses += count
  }

  /// Whether everything older than the noticed losses has been answered.
  ///
  /// `afterScan` tells whether a scan has just been answered; if not, the ring is empty.
  func isLossDue(afterScan: Bool) -> Bool {
    guard noticedLosses > 0 else { return false }
    scansBeforeLosses -= afterScan ? 1 : scansBeforeLosses
    return scansBeforeLosses <= 0
  }

  /// The noticed losses, which are reported now.
  func takeNoticedLosses() -> UInt64 {
    defer { noticedLosses = 0 }
    return noticedLosses
  }
}
