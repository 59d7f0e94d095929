import Acquisition
import Dispatch
import Foundation
import Spectra
import Synchronization

extension USBTrial {
  /// Scans with whatever is plugged in until so many scans have come; prints what happened.
  static func acquire(count: Int) throws(AcquisitionError) {
    let bench = try Bench()
    let receiver = ScanCounter(wanted: count)
    var changesSeen = 0
    while receiver.scanCount < count {
      guard bench.changes.wait(for: changesSeen + 1) else { return say("no change") }
      let change = bench.changes.all[changesSeen]
      changesSeen += 1
      guard case .arrived(let attachment) = change else { continue }
      var options = AcquisitionOptions()
      options.statusPollInterval = .zero
      let acquisition = try ScannerAcquisition(
        address: .usb(attachment),
        bus: bench.bus,
        options: options,
        receiver: receiver
      )
      receiver.enough.withLock { $0 = { acquisition.stop() } }
      defer { receiver.enough.withLock { $0 = {} } }
      // Returns when the scanner has left, or there are enough.
      acquisition.run()
    }
  }
}

/// Counts scans; the numbers of the device must rise.
private final class ScanCounter: ScanReceiver, Sendable {
  let enough = Mutex<@Sendable () -> Void>({})
  private let wanted: Int
  private let count = Atomic(0)
  private let last = Atomic<UInt32>(0)

  init(wanted: Int) { self.wanted = wanted }

  var scanCount: Int { count.load(ordering: .relaxed) }

  func accept(_ description: ScannerDescription) {}

  func scannerChanged(
    _ state: ScannerState,
    description: ScannerDescription?,
    reason: AcquisitionError?
  ) {
    let name = description?.serialNumber ?? "unknown"
    say("\(state) \(name) \(reason?.reason ?? "-")")
    if state == .disconnected { say("scans \(scanCount)") }
  }

  func referenceMeasured(at time: Timestamp) {}

  func receive(
    _ decode: (inout ScanFrame) throws(ScanFileError) -> Void
  ) throws(ScanFileError) {
    var frame = ScanFrame()
    try decode(&frame)
    let index = frame.header.scanIndex
    if index <= last.exchange(index, ordering: .relaxed) { say("scan \(index) is not new") }
    let total = count.add(1, ordering: .relaxed).newValue
    if total == wanted { enough.withLock { $0() } }
  }
}
