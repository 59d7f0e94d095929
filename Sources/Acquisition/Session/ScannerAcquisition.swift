internal import Spectra

/// Drives one scanner for as long as the program runs: connect, scan, connect again.
///
/// `run()` blocks the thread that calls it, the scanner's acquisition thread; `requestScan()` and
/// `stop()` may be called from any thread. Between two scans nothing is allocated.
package final class ScannerAcquisition<Receiver: ScanReceiver> {
  /// How many scans in a row may fail before the connection is made anew.
  ///
  /// Opening puts right what a device that was reset in between has forgotten.
  private static var failuresMax: Int { 3 }

  private let address: ScannerAddress
  private let options: AcquisitionOptions
  private let receiver: Receiver
  private let stopping = EventDescriptor()
  private let requests = EventDescriptor()

  /// Prepares to drive the scanner at `address`; nothing is opened before `run()`.
  package init(address: ScannerAddress, options: AcquisitionOptions, receiver: Receiver) {
    (self.address, self.options, self.receiver) = (address, options, receiver)
  }

  /// Asks for one more scan; without effect in continuous mode.
  package func requestScan() { requests.raise() }

  /// Ends `run()` at once, whatever it waits for; it cannot be run again.
  package func stop() { stopping.raise() }

  /// Serves the scanner until `stop()`; a lost connection is made again, with growing pauses.
  package func run() {
    var decoder = ScanDecoder()
    var report = StateReport(receiver: receiver)
    var backoff = options.initialBackoff
    report.tell(.connecting, because: nil)
    while true {
      do throws(AcquisitionError) {
        try serve(&decoder, &report, &backoff)
      } catch .stopped {
        break
      } catch {
        report.tell(.disconnected, because: error)
      }
      guard !isStopped(within: backoff) else { break }
      backoff = min(backoff * 2, options.maximumBackoff)
    }
    report.tell(.disconnected, because: nil)
  }

  /// Makes one connection and scans over it until it is lost, which is always thrown.
  private func serve(
    _ decoder: inout ScanDecoder,
    _ report: inout StateReport<Receiver>,
    _ backoff: inout Duration
  ) throws(AcquisitionError) -> Never {
    let transport = try USBIPTransport(
      connectingTo: address,
      deadline: .after(options.connectTimeout),
      stopping: stopping
    )
    var session = ScanSession(over: transport, options: options, stopping: stopping)
    let referenceProblem = try session.open(decoder: &decoder)
    report.description = session.description
    report.tell(.ready, because: referenceProblem)
    var failures = 0
    while true {
      try awaitTurn(&session, &backoff)
      do throws(AcquisitionError) {
        try scan(&session, &decoder)
        failures = 0
        backoff = options.initialBackoff
        let fault = decoder.referenceFault.map { AcquisitionError.reference($0) }
        report.tell(.ready, because: fault ?? referenceProblem)
      } catch {
        failures += 1
        guard error.leavesConnectionUsable, failures <= Self.failuresMax else { throw error }
        report.tell(.ready, because: error)
        try recover(from: error, &session)
        report.description = session.description
      }
    }
  }

  /// Waits until a scan is due: at once, or when a client asks.
  private func awaitTurn(
    _ session: inout ScanSession<USBIPTransport>,
    _ backoff: inout Duration
  ) throws(AcquisitionError) {
    guard options.mode == .onRequest else { return }
    while !requests.take() {
      let deadline = Deadline.after(options.keepAwakeInterval)
      let isAsked = try stopping.waitUnlessRaised(
        besides: requests.rawValue,
        or: session.descriptor,
        until: deadline
      )
      guard !isAsked else { continue }
      // Silence for too long, or a connection that is gone: a command tells.
      try session.keepAwake()
      backoff = options.initialBackoff
    }
  }

  /// Makes one scan and hands it on; a busy device is asked again until it is free.
  private func scan(
    _ session: inout ScanSession<USBIPTransport>,
    _ decoder: inout ScanDecoder
  ) throws(AcquisitionError) {
    while true {
      guard let arrival = try session.scan() else {
        try session.pause(options.busyRetryInterval)
        continue
      }
      do throws(ScanFileError) {
        return try receiver.receive { frame throws(ScanFileError) in
          try session.withFile { bytes throws(ScanFileError) in
            try decoder.decode(bytes, arrival: arrival, into: &frame)
          }
        }
      } catch {
        throw .scanFile(error)
      }
    }
  }

  private func recover(
    from error: AcquisitionError,
    _ session: inout ScanSession<USBIPTransport>
  ) throws(AcquisitionError) {
    if case .scanFile(let file) = error, file.isUnsupportedKind {
      // Somebody else configured the device since it was opened.
      try session.applyColumnConfiguration()
    }
    try session.pause(options.busyRetryInterval)
  }

  private func isStopped(within duration: Duration) -> Bool {
    do throws(AcquisitionError) {
      _ = try stopping.waitUnlessRaised(besides: -1, for: 0, until: .after(duration))
      return false
    } catch {
      return true
    }
  }
}

// Only the descriptors, which are immutable, are shared between threads.
extension ScannerAcquisition: Sendable where Receiver: Sendable {}

/// Tells the receiver what changed, and only that.
private struct StateReport<Receiver: ScanReceiver> {
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
