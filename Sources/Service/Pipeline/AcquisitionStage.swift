import Acquisition
import Spectra
import Streaming
import Synchronization

/// Between one scanner's acquisition and its ring: decodes each scan straight into a slot.
///
/// `receive` runs on the acquisition thread and neither allocates nor locks.
// SAFETY (Sendable): the producer is used by the acquisition thread alone.
final class RingReceiver: ScanReceiver, @unchecked Sendable {
  private let scannerIndex: Int
  private var scans: ScanRing.Producer
  private let pipeline: WakeUp.Signaller
  private let directory: ScannerDirectory
  /// Which of the scanners that have been at this address is there now.
  private var deviceRevision: UInt32 = 0

  init(
    scannerIndex: Int,
    scans: consuming ScanRing.Producer,
    pipeline: WakeUp.Signaller,
    directory: ScannerDirectory
  ) {
    (self.scannerIndex, self.pipeline, self.directory) = (scannerIndex, pipeline, directory)
    self.scans = scans
  }

  func receive(
    _ decode: (inout ScanFrame) throws(ScanFileError) -> Void
  ) throws(ScanFileError) {
    // A full ring counts its own loss; the pipeline reports it with the next scan it takes.
    let deviceRevision = deviceRevision
    _ = try scans.write { (frame: inout ScanFrame) throws(ScanFileError) in
      try decode(&frame)
      frame.header.deviceRevision = deviceRevision
    }
    pipeline.signal()
  }

  func scannerChanged(
    _ state: ScannerState,
    description: ScannerDescription?,
    reason: AcquisitionError?
  ) {
    deviceRevision = directory.scannerChanged(
      scannerIndex,
      state,
      description: description,
      reason: reason
    )
  }
}
