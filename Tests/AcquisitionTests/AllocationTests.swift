import Acquisition
import CAllocationCounter
import Foundation
import Spectra
import Synchronization
import Testing

@Suite struct AllocationTests {
  /// How many scans are counted; a debug build is checked with fewer because it is slower.
  #if DEBUG
  static let scans = 500
  #else
  static let scans = 10_000
  #endif

  /// A plain scan, and one of five sections that overlap.
  @Test(arguments: [nil, "random 9"])
  func `scans over USBIP allocate nothing on the acquisition thread`(sections: String?) throws {
    var device = ScriptedDevice()
    if let sections {
      device.scanFile = try SectionScans.named(sections).scanFile.bytes
      device.referenceFile = try #require(SectionScans.all.references["width 6"]).bytes
    }
    // A scanner that is not well is told about once, and looked at after each scan.
    device.answers["03/0F"] = [1]
    // A busy device, a late answer and a file begun anew are part of a scanner's ordinary life.
    for scan in stride(from: 50, to: 200, by: 10) {
      device.faults["02/18", default: [:]][scan] = .busy
    }
    device.faults["04/03"] = [60: .rubbish]
    let scanner = try ScriptedScanner(device)
    let receiver = AllocationCounter(scans: AllocationTests.scans)
    let running = try RunningAcquisition(
      address: try scanner.address(),
      options: .impatient,
      receiver: receiver
    )
    let isCounted = receiver.wait(seconds: 120)
    #expect(running.stop())
    scanner.stop()
    #expect(isCounted)
    #expect(receiver.allocations == 0)
  }
}

/// Decodes every scan into one frame and counts what its thread allocates from scan to scan.
private final class AllocationCounter: ScanReceiver, Sendable {
  private struct State: ~Copyable {
    var frame = ScanFrame()
    var scans = 0
    var before = 0
    var after = 0
  }

  /// The first scans fill what is made once, such as the metadata of generic types.
  private static let warmUp = 20
  private let scans: Int
  private let state = Mutex(State())
  private let done = DispatchSemaphore(value: 0)

  init(scans: Int) { self.scans = scans }

  var allocations: Int { state.withLock { $0.after - $0.before } }

  func wait(seconds: Int) -> Bool { done.wait(timeout: .now() + .seconds(seconds)) == .success }

  func accept(_ description: ScannerDescription) throws(AcquisitionError) {}

  func referenceMeasured(at time: Timestamp) {}

  func scannerChanged(
    _ state: ScannerState,
    description: ScannerDescription?,
    reason: AcquisitionError?
  ) {}

  func receive(
    _ decode: (inout ScanFrame) throws(ScanFileError) -> Void
  ) throws(ScanFileError) {
    try state.withLock { (state: inout sending State) throws(ScanFileError) in
      try decode(&state.frame)
      state.scans += 1
      if state.scans == AllocationCounter.warmUp { state.before = callocation_count() }
      if state.scans == AllocationCounter.warmUp + scans {
        state.after = callocation_count()
        done.signal()
      }
    }
  }
}
