import Acquisition
import Spectra
import Streaming
import Synchronization

/// Between one place's acquisition and the lane of the scanner there: decodes scans into slots.
///
/// Which lane is known when the scanner has said who it is. `receive` runs on the acquisition
/// thread and neither allocates nor locks.
// SAFETY (Sendable): used by the acquisition thread alone.
final class RingReceiver: ScanReceiver, @unchecked Sendable {
  private let place: ScannerAddress
  private let wanted: SharedSelection
  private let lanes: ScannerLanes
  private let directory: ScannerDirectory
  private let pipeline: WakeUp.Signaller
  /// The lane of the scanner that is connected; nil before it is accepted and after it is lost.
  private var writer: ScannerLanes.Writer?
  private var scanner: UInt32 = 0

  init(
    place: ScannerAddress,
    wanted: SharedSelection,
    lanes: ScannerLanes,
    directory: ScannerDirectory,
    pipeline: WakeUp.Signaller
  ) {
    (self.place, self.wanted, self.lanes) = (place, wanted, lanes)
    (self.directory, self.pipeline) = (directory, pipeline)
  }

  func accept(_ description: ScannerDescription) throws(AcquisitionError) {
    let serialNumber = description.serialNumber
    guard wanted.value?.includes(serialNumber: serialNumber, place: place.description) == true
    else { throw .scannerNotConfigured }
    giveLaneBack()
    scanner = directory.meet(description, at: place)
    writer = try lanes.take(for: scanner)
    // A new lane has to be seen before its first scan is.
    pipeline.signal()
  }

  func receive(
    _ decode: (inout ScanFrame) throws(ScanFileError) -> Void
  ) throws(ScanFileError) {
    guard let writer else { preconditionFailure("scans come from a scanner that was accepted") }
    let scanner = scanner
    // A full ring counts its own loss; the pipeline reports it with the next scan it takes.
    _ = try writer.scans.write { (frame: inout ScanFrame) throws(ScanFileError) in
      try decode(&frame)
      frame.header.scanner = scanner
    }
    pipeline.signal()
  }

  func scannerChanged(
    _ state: ScannerState,
    description: ScannerDescription?,
    reason: AcquisitionError?
  ) {
    if state == .disconnected { giveLaneBack() }
    directory.scannerChanged(at: place, state, description: description, reason: reason)
  }

  func lampUsed(for duration: Duration) {
    directory.lampUsed(scanner, for: duration)
  }

  func referenceMeasured(at time: Timestamp) {
    directory.referenceMeasured(scanner, at: time)
  }

  private func giveLaneBack() {
    if let writer { lanes.give(back: writer) }
    writer = nil
  }
}
