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
  private let wanted: ScannerSelection
  private let lanes: ScannerLanes
  private let directory: ScannerDirectory
  private let pipeline: WakeUp.Signaller
  /// The lane of the scanner that is connected; nil before it is accepted and after it is lost.
  private var writer: ScannerLanes.Writer?
  private var scanner: UInt32 = 0

  init(
    place: ScannerAddress,
    wanted: ScannerSelection,
    lanes: ScannerLanes,
    directory: ScannerDirectory,
    pipeline: WakeUp.Signaller
  ) {
    (self.place, self.wanted, self.lanes) = (place, wanted, lanes)
    (self.directory, self.pipeline) = (directory, pipeline)
  }

  func accept(_ description: ScannerDescription) throws(AcquisitionError) {
    guard wanted.includes(serialNumber: description.serialNumber, place: place.description) else {
      throw .scannerNotConfigured
    }
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

  func referenceMeasured(at time: Timestamp) {
    directory.referenceMeasured(scanner, at: time)
  }

  private func giveLaneBack() {
    if let writer { lanes.give(back: writer) }
    writer = nil
  }
}

/// Which of the scanners that are met at a place the daemon is to read.
enum ScannerSelection: Sendable {
  /// Whichever it is.
  case any
  /// Those with one of these serial numbers, or at one of these ports.
  case named(Set<String>)

  func includes(serialNumber: String?, place: String) -> Bool {
    switch self {
    case .any: true
    case .named(let names):
      names.contains(serialNumber ?? "") || names.contains { place == "usb:\($0)" }
    }
  }
}
