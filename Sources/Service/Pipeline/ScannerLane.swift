import Spectra
import Streaming

/// What the pipeline thread keeps for one scanner: the ring's reading end and the open sample.
///
/// A class only because an array cannot hold values that are not copyable.
// SAFETY (Sendable): built on the main thread, then used by the pipeline thread alone.
final class ScannerLane: @unchecked Sendable {
  var scans: ScanRing.Consumer
  var sample: SampleInProgress
  /// The bundle that answers `sample`.
  private(set) var generation: BundleGeneration
  /// The number of the scanner whose scans are taken; 0 before the first.
  var scanner: UInt32 = 0
  /// The last scan of the open sample: what its final line says about the reference.
  var lastScan = ScanHeader()
  /// When the open sample began or had its last scan, in nanoseconds of the monotonic clock.
  var silentSinceNanoseconds: UInt64 = 0
  /// How many samples the scanner has begun: the display name of the next.
  var sampleCount = 0
  /// Losses that have been noticed and not yet been reported.
  private var noticedLosses: UInt64 = 0
  /// How many scans that waited when the losses were noticed come before them, at most.
  private var scansBeforeLosses = 0

  /// Joins a scanner's ring with the samples that are made of its scans.
  init(scans: consuming ScanRing.Consumer, generation: BundleGeneration) {
    self.scans = scans
    self.generation = generation
    sample = SampleInProgress(
      bundleGeneration: generation.number,
      classifier: generation.classifier
    )
  }

  /// Lets `generation` answer from the next sample on; allocates when it is another one.
  func use(_ generation: BundleGeneration) {
    precondition(!sample.isOpen, "a sample ends with the bundle it began with")
    guard generation !== self.generation else { return }
    self.generation = generation
    sample = SampleInProgress(
      bundleGeneration: generation.number,
      classifier: generation.classifier
    )
  }

  /// Takes note that the lane's scans are those of `scanner` from now on, whose samples are others.
  func give(to scanner: UInt32) {
    guard scanner != self.scanner else { return }
    precondition(!sample.isOpen, "the other scanner's sample has ended")
    (self.scanner, sampleCount) = (scanner, 0)
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
