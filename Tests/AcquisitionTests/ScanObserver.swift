import Acquisition
import Foundation
import Spectra
import Synchronization

/// Takes what an acquisition delivers and lets a test wait for it.
final class ScanObserver: ScanReceiver, Sendable {
  struct Change: Equatable {
    var state: ScannerState
    var reason: String?

    init(state: ScannerState, reason: String? = nil) {
      (self.state, self.reason) = (state, reason)
    }
  }

  struct Seen {
    var changes: [Change] = []
    var errors: [AcquisitionError] = []
    var description: ScannerDescription?
    var headers: [ScanHeader] = []
    var signals: [[Int32]] = []
    var wavelengths: [Double] = []
    var absorbance: [Double] = []
    var references: [[Int32]] = []
    /// How often a white standard was measured.
    var measuredCount = 0
    /// How long the lamp has burnt, when that was told.
    var lampUsage: Duration?
  }

  private let seen = Mutex(Seen())
  private let changed = DispatchSemaphore(value: 0)
  private let hasRoom: Bool

  /// One without room takes no scan.
  init(hasRoom: Bool = true) { self.hasRoom = hasRoom }

  var now: Seen { seen.withLock { $0 } }

  func accept(_ description: ScannerDescription) throws(AcquisitionError) {}

  func lampUsed(for duration: Duration) {
    seen.withLock { $0.lampUsage = duration }
    changed.signal()
  }

  func referenceMeasured(at time: Timestamp) {
    seen.withLock { $0.measuredCount += 1 }
    changed.signal()
  }

  func scannerChanged(
    _ state: ScannerState,
    description: ScannerDescription?,
    reason: AcquisitionError?
  ) {
    seen.withLock {
      $0.changes.append(Change(state: state, reason: reason?.reason))
      if let reason { $0.errors.append(reason) }
      $0.description = description
    }
    changed.signal()
  }

  func receive(
    _ decode: (inout ScanFrame) throws(ScanFileError) -> Void
  ) throws(ScanFileError) {
    guard hasRoom else { return }
    var frame = ScanFrame()
    try decode(&frame)
    let points = 0..<frame.header.pointCount
    let header = frame.header
    let signal = points.map { frame.sampleSignal[$0] }
    let reference = points.map { frame.referenceSignal[$0] }
    let wavelengths = points.map { frame.wavelengthsNanometres[$0] }
    let absorbance = points.map { frame.absorbance[$0] }
    seen.withLock {
      $0.headers.append(header)
      $0.signals.append(signal)
      $0.references.append(reference)
      $0.wavelengths = wavelengths
      $0.absorbance = absorbance
    }
    changed.signal()
  }

  /// Waits until `isEnough`; returns false when that takes longer than ten seconds.
  func wait(until isEnough: (Seen) -> Bool) -> Bool {
    let deadline = DispatchTime.now() + .seconds(10)
    while !isEnough(now) {
      guard changed.wait(timeout: deadline) == .success else { return isEnough(now) }
    }
    return true
  }
}

/// An acquisition on a thread of its own, stopped at the end of the test.
final class RunningAcquisition<Receiver: ScanReceiver & Sendable>: Sendable {
  let acquisition: ScannerAcquisition<Receiver>
  private let ended = DispatchSemaphore(value: 0)

  init(
    address: ScannerAddress,
    options: AcquisitionOptions,
    receiver: Receiver,
    references: (any ReferenceStore)? = nil
  ) throws(AcquisitionError) {
    acquisition = try ScannerAcquisition(
      address: address,
      options: options,
      receiver: receiver,
      references: references
    )
    Thread.detachNewThread { [acquisition, ended] in
      acquisition.run()
      ended.signal()
    }
  }

  /// Asks for one scan and lets its outcome be.
  func requestScan() { acquisition.requestScans { _ in } }

  /// Asks for a reference and lets its outcome be.
  func requestReference() { acquisition.requestReference { _ in } }

  /// Stops it; returns whether it ended within five seconds.
  func stop() -> Bool {
    acquisition.stop()
    return ended.wait(timeout: .now() + .seconds(5)) == .success
  }
}

extension AcquisitionOptions {
  /// Options that make a test fast: no pauses worth mentioning, short patience.
  static var impatient: AcquisitionOptions {
    var options = AcquisitionOptions()
    options.statusPollInterval = .zero
    options.busyRetryInterval = .milliseconds(5)
    options.connectTimeout = .seconds(2)
    options.commandTimeout = .seconds(1)
    options.slowCommandTimeout = .seconds(1)
    options.scanTimeoutMargin = .seconds(3)
    options.drainTimeout = .milliseconds(20)
    options.initialBackoff = .milliseconds(10)
    options.maximumBackoff = .milliseconds(80)
    return options
  }
}

/// Looks every millisecond whether something is the case; false after ten seconds.
func waitFor(_ isTrue: () -> Bool) -> Bool {
  for _ in 0..<10_000 {
    if isTrue() { return true }
    Thread.sleep(forTimeInterval: 0.001)
  }
  return false
}
