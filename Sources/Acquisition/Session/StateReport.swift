internal import Spectra

/// Tells the receiver what changed, and only that.
struct StateReport<Receiver: ScanReceiver> {
  let receiver: Receiver
  var description: ScannerDescription?
  private var state: ScannerState?
  private var reason: String?

  init(receiver: Receiver) { self.receiver = receiver }

  /// Tells the state unless it and the name of its reason are those told last.
  mutating func tell(_ new: ScannerState, because error: AcquisitionError?) {
    guard state != new || reason != error?.reason else { return }
    (state, reason) = (new, error?.reason)
    receiver.scannerChanged(new, description: description, reason: error)
  }
}
