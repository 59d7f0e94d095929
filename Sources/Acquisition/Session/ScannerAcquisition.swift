internal import Glibc

/// Drives one scanner for as long as the program runs: connect, scan, connect again.
///
/// `run()` blocks the thread that calls it, the scanner's acquisition thread; `requestScan()` and
/// `stop()` may be called from any thread.
package final class ScannerAcquisition<Receiver: ScanReceiver> {
  private let address: ScannerAddress
  private let options: AcquisitionOptions
  private let receiver: Receiver
  private let stopping = EventDescriptor()
  private let requests = EventDescriptor()

  /// Prepares to drive the scanner at `address`; nothing is opened before `run()`.
  package init(address: ScannerAddress, options: AcquisitionOptions, receiver: Receiver) {
    (self.address, self.options, self.receiver) = (address, options, receiver)
  }

  /// Serves the scanner until `stop()`; a lost connection is made again.
  package func run() {
  }

  /// Asks for one more scan; without effect in continuous mode.
  package func requestScan() { requests.raise() }

  /// Ends `run()` at once, whatever it waits for; it cannot be run again.
  package func stop() { stopping.raise() }
}

extension ScannerAcquisition: Sendable where Receiver: Sendable {}
