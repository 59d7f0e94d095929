internal import Glibc
package import Spectra

/// Drives one scanner: connect, scan, connect again.
///
/// `run()` blocks the thread that calls it, the scanner's acquisition thread; the other methods may
/// be called from any thread. Between two scans nothing is allocated.
package final class ScannerAcquisition<Receiver: ScanReceiver> {
  private let address: ScannerAddress
  private let bus: USBBus?
  let receiver: Receiver
  let references: (any ReferenceStore)?
  let requests: ScannerRequests
  let stopping: EventDescriptor
  private let departed: EventDescriptor

  /// Prepares to drive the scanner at `address`; nothing is opened before `run()`.
  ///
  /// `bus` is this machine's USB, needed for an address there. `references` keeps what users
  /// measured on a white standard; without one such a measurement lasts as long as the connection.
  /// `pulse` hears what the thread does, from `run()` to its end.
  /// - Throws: `connectionFailed` when the process has no descriptors left.
  package init(
    address: ScannerAddress,
    bus: USBBus? = nil,
    options: AcquisitionOptions,
    receiver: Receiver,
    references: (any ReferenceStore)? = nil,
    pulse: (any AcquisitionPulse)? = nil
  ) throws(AcquisitionError) {
    (self.address, self.bus) = (address, bus)
    (self.receiver, self.references) = (receiver, references)
    requests = try ScannerRequests(options: options)
    stopping = try EventDescriptor(pulse: pulse)
    departed = try EventDescriptor()
  }

  deinit {
    // One that never ran, for lack of a thread, is not watched for ever.
    stopping.pulse?.end()
  }

  /// Asks for so many scans in the mode `onRequest`; `report` is told of each, or of a failure.
  ///
  /// It is told exactly once for each scan, or until the first failure, which ends the request: at
  /// once when the scanner is not ready, and at the latest when the device was busy for
  /// `scanPatience`. In continuous mode the scans that are made anyway are told of. `report` is
  /// called on the scanner's thread, or by this very call, and must not wait.
  package func requestScans(
    _ count: Int = 1,
    report: @escaping @Sendable (ScanOutcome) -> Void
  ) {
    requests.askForScans(count, report: report)
  }

  /// Asks that the next scan is measured as the user's reference: a white standard is in place.
  ///
  /// `report` is told exactly once of the time of the measurement, or why there is none: at once
  /// when the scanner is not ready or was asked already, and at the latest when the device was busy
  /// for `referencePatience`. It is called as that of `requestScans` is.
  package func requestReference(
    report: @escaping @Sendable (Result<Timestamp, ScannerRequestError>) -> Void
  ) {
    requests.askForReference(report: report)
  }

  /// Drives the scanner with other options from its next scan on; none is dropped for that.
  ///
  /// What concerns connecting only is used with the next connection.
  package func use(options: AcquisitionOptions) { requests.use(options) }

  /// Ends a pause before the next attempt, which a scanner that has left the bus needs no more.
  ///
  /// Its transfers end by themselves, and what they brought until then is still used.
  package func scannerLeft() { departed.raise() }

  /// Ends `run()` at once, whatever it waits for; it cannot be run again.
  package func stop() { stopping.raise() }

  /// Serves the scanner until `stop()`; a lost connection is made again, with growing pauses.
  ///
  /// Also returns when a scanner on this machine's USB was unplugged, because whatever is plugged in
  /// next has another address, or when the receiver does not want it.
  package func run() {
    stopping.pulse?.working()
    defer { stopping.pulse?.end() }
    var decoder = ScanDecoder()
    var report = StateReport(receiver: receiver)
    var options = requests.takeOptions()
    var backoff = options.initialBackoff
    report.tell(.connecting, because: nil)
    while true {
      do throws(AcquisitionError) {
        try connectAndServe(options, &decoder, &report, &backoff)
      } catch {
        // Whatever comes next: who asked for something asked this connection.
        requests.close(error)
        if error == .scannerNotConfigured { return report.tell(.disconnected, because: error) }
        if error == .stopped || isUnplugged { break }
        report.tell(.disconnected, because: error)
      }
      options = requests.takeOptions()
      guard !isStopped(within: backoff), !isUnplugged else { break }
      backoff = min(backoff * 2, options.maximumBackoff)
    }
    let reason = isUnplugged ? AcquisitionError.deviceGone(transferStatus: -ENODEV) : nil
    report.tell(.disconnected, because: reason)
  }

  /// Whether the scanner was on this machine's USB and is there no more.
  private var isUnplugged: Bool {
    guard case .usb(let attachment) = address else { return false }
    return bus?.isAttached(attachment) != true
  }

  /// Makes one connection and scans over it until it is lost, which is always thrown.
  private func connectAndServe(
    _ options: AcquisitionOptions,
    _ decoder: inout ScanDecoder,
    _ report: inout StateReport<Receiver>,
    _ backoff: inout Duration
  ) throws(AcquisitionError) -> Never {
    switch address {
    case .usbip(let server):
      let transport = try USBIPTransport(
        connectingTo: server,
        deadline: .after(options.connectTimeout),
        stopping: stopping
      )
      try serve(transport, &decoder, &report, &backoff)
    case .usb(let attachment):
      guard let bus else { preconditionFailure("a scanner on USB is driven over its bus") }
      let transport = try USBTransport(opening: attachment, on: bus, stopping: stopping)
      try serve(transport, &decoder, &report, &backoff)
    }
  }

  private func isStopped(within duration: Duration) -> Bool {
    do throws(AcquisitionError) {
      _ = try stopping.waitUnlessRaised(
        besides: departed.rawValue,
        for: Int16(POLLIN),
        until: .after(duration)
      )
      return false
    } catch {
      return true
    }
  }
}

// SAFETY: only the descriptors and the requests, which are made for it, are shared between threads.
extension ScannerAcquisition: Sendable where Receiver: Sendable {}
