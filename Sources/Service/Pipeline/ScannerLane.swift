import Spectra
package import Streaming

/// What the pipeline thread keeps for one scanner: the ring's reading end and the open sample.
///
/// A class only because an array cannot hold values that are not copyable.
// SAFETY (Sendable): built on the main thread, then used by the pipeline thread alone.
package final class ScannerLane: @unchecked Sendable {
  let scannerIndex: Int
  var scans: ScanRing.Consumer
  var sample: SampleInProgress
  /// The last scan of the open sample: what its final line says about the reference.
  var lastScan = ScanHeader()
  /// When a silence ends the open sample, in nanoseconds of the monotonic clock.
  var silenceDeadline: UInt64 = 0
  /// How many samples this scanner has begun: the display name of the next.
  var sampleCount = 0

  /// Joins scanner `scannerIndex`'s ring with the samples that are made of its scans.
  package init(
    scannerIndex: Int,
    scans: consuming ScanRing.Consumer,
    sample: consuming SampleInProgress
  ) {
    self.scannerIndex = scannerIndex
    self.scans = scans
    self.sample = sample
  }
}
