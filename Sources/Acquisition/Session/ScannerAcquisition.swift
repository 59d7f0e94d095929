internal import Glibc
internal import Spectra
internal import Synchronization

/// Drives one scanner: connect, scan, connect again.
///
/// `run()` blocks the thread that calls it, the scanner's acquisition thread; the other methods may
/// be called from any thread. Between two scans nothing is allocated.
package final class ScannerAcquisition<Receiver: ScanReceiver> {
  /// How many scans in a row may fail before the connection is made anew.
  ///
  /// Opening puts right what a device that was reset in between has forgotten.
  private static var failuresMax: Int { 3 }

  private let address: ScannerAddress
  private let bus: USBBus?
  private let options: AcquisitionOptions
  private let receiver: Receiver
  private let references: (any ReferenceStore)?
  private let stopping = EventDescriptor()
  private let departed = EventDescriptor()
  private let requests = EventDescriptor()
  /// Until when a reference may be measured, in nanoseconds of CLOCK_MONOTONIC; 0 when none is asked
  /// for.
  private let referenceDeadline = Atomic<UInt64>(0)

  /// Prepares to drive the scanner at `address`; nothing is opened before `run()`.
  ///
  /// `bus` is this machine's USB, needed for an address there. `references` keeps what users
  /// measured on a white standard; without one such a measurement lasts as long as the connection.
  package init(
    address: ScannerAddress,
    bus: USBBus? = nil,
    options: AcquisitionOptions,
    receiver: Receiver,
    references: (any ReferenceStore)? = nil
  ) {
    (self.address, self.bus, self.options) = (address, bus, options)
    (self.receiver, self.references) = (receiver, references)
  }

  /// Asks for one more scan; without effect in continuous mode or while nothing is connected.
  package func requestScan() { requests.raise() }

  /// Asks that the next scan is measured as the user's reference: a white standard is in place.
  ///
  /// Without effect while the scanner is not ready. Several requests before that scan are one.
  package func requestReference() {
    // Release: the flag is there before the event that announces it.
    let deadline = Deadline.after(options.referencePatience).nanoseconds
    guard referenceDeadline.exchange(deadline, ordering: .releasing) == 0 else { return }
    requests.raise()
  }

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
    var decoder = ScanDecoder()
    decoder.preferredReference = options.preferredReference
    var report = StateReport(receiver: receiver)
    var backoff = options.initialBackoff
    report.tell(.connecting, because: nil)
    while true {
      do throws(AcquisitionError) {
        try connectAndServe(&decoder, &report, &backoff)
      } catch .stopped {
        break
      } catch .scannerNotConfigured {
        report.tell(.disconnected, because: .scannerNotConfigured)
        return
      } catch {
        if isUnplugged { break }
        report.tell(.disconnected, because: error)
      }
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

  /// Scans over `transport` until it is lost, which is always thrown.
  private func serve<Transport: ReportTransport & ~Copyable>(
    _ transport: consuming Transport,
    _ decoder: inout ScanDecoder,
    _ report: inout StateReport<Receiver>,
    _ backoff: inout Duration
  ) throws(AcquisitionError) -> Never {
    var session = ScanSession(over: transport, options: options, stopping: stopping)
    try session.identify()
    try receiver.accept(session.description)
    var referenceProblem = try session.prepare(decoder: &decoder, references: references)
    // What was asked for earlier found no scanner: the white standard may be gone by now.
    _ = takeReferenceRequest()
    while requests.take() {}
    report.description = session.description
    report.tell(.ready, because: referenceProblem)
    var failures = 0
    while true {
      let turn = try awaitTurn(&session, &backoff)
      do throws(AcquisitionError) {
        switch turn {
        case .scan: try scan(&session, &decoder)
        case .reference(let deadline):
          try measureReference(&session, &decoder, until: deadline)
          referenceProblem = nil
        }
        failures = 0
        backoff = options.initialBackoff
        report.tell(.ready, because: problem(session, decoder) ?? referenceProblem)
      } catch {
        failures += 1
        guard error.leavesConnectionUsable, failures <= Self.failuresMax else { throw error }
        // It serves, but the next connection will not find it.
        if case .referenceStore = error { referenceProblem = error }
        report.tell(.ready, because: error)
        try recover(from: error, &session)
        report.description = session.description
      }
    }
  }

  /// What is to be measured next.
  private enum Turn {
    case scan
    case reference(until: Deadline)
  }

  /// Waits until something is to be measured: in continuous mode at once, else when a client asks.
  private func awaitTurn<Transport: ReportTransport & ~Copyable>(
    _ session: inout ScanSession<Transport>,
    _ backoff: inout Duration
  ) throws(AcquisitionError) -> Turn {
    if options.mode == .continuous { return nextTurn() }
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
    return nextTurn()
  }

  private func nextTurn() -> Turn {
    takeReferenceRequest().map { .reference(until: $0) } ?? .scan
  }

  private func takeReferenceRequest() -> Deadline? {
    // A relaxed look first: it is what every scan pays for requests that come once a day.
    guard referenceDeadline.load(ordering: .relaxed) != 0 else { return nil }
    return Deadline(nanoseconds: referenceDeadline.exchange(0, ordering: .acquiring))
  }

  /// Makes one scan and hands it on; a busy device is asked again until it is free.
  private func scan<Transport: ReportTransport & ~Copyable>(
    _ session: inout ScanSession<Transport>,
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

  /// Why the scan that was just made is worth less than it could be; nil when all is well.
  private func problem<Transport: ReportTransport & ~Copyable>(
    _ session: borrowing ScanSession<Transport>,
    _ decoder: borrowing ScanDecoder
  ) -> AcquisitionError? {
    if let fault = decoder.referenceFault { return .reference(fault) }
    return session.health.isEmpty ? nil : .unhealthy(session.health)
  }

  /// Measures the white standard that is in place and keeps the result.
  private func measureReference<Transport: ReportTransport & ~Copyable>(
    _ session: inout ScanSession<Transport>,
    _ decoder: inout ScanDecoder,
    until deadline: Deadline
  ) throws(AcquisitionError) {
    while true {
      // A device that was busy for long may look at something else by now.
      guard deadline.remainingMilliseconds > 0 else { throw .busy(.startScan) }
      guard let reference = try session.measureReference(for: &decoder) else {
        try session.pause(options.busyRetryInterval)
        continue
      }
      receiver.referenceMeasured(at: reference.time)
      do throws(ReferenceStoreError) {
        return try references?.save(reference) ?? ()
      } catch {
        // It serves until the connection ends.
        throw .referenceStore(error)
      }
    }
  }

  private func recover<Transport: ReportTransport & ~Copyable>(
    from error: AcquisitionError,
    _ session: inout ScanSession<Transport>
  ) throws(AcquisitionError) {
    if case .scanFile(let file) = error, file.isUnsupportedKind {
      // Somebody else configured the device since it was opened.
      try session.applyColumnConfiguration()
    }
    try session.pause(options.busyRetryInterval)
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

// SAFETY: only the descriptors and the flag, which are made for it, are shared between threads.
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
