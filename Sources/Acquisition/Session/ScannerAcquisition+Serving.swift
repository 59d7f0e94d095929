internal import Spectra

/// What is measured next.
private enum Turn {
  case scan
  case reference(until: Deadline)
}

/// What came of a turn.
private enum Outcome {
  case done
  /// The device does something else: it is asked again.
  case busy
}

// Scanning over one connection.
extension ScannerAcquisition {
  /// How many scans in a row may fail before the connection is made anew.
  ///
  /// Opening puts right what a device that was reset in between has forgotten.
  private static var failuresMax: Int { 3 }

  /// Scans over `transport` until it is lost, which is always thrown.
  func serve<Transport: ReportTransport & ~Copyable>(
    _ transport: consuming Transport,
    _ decoder: inout ScanDecoder,
    _ report: inout StateReport<Receiver>,
    _ backoff: inout Duration
  ) throws(AcquisitionError) -> Never {
    let options = requests.takeOptions()
    decoder.preferredReference = options.preferredReference
    var session = ScanSession(over: transport, options: options, stopping: stopping)
    try session.identify()
    try receiver.accept(session.description)
    var referenceProblem = try session.prepare(decoder: &decoder, references: references)
    // From now on: a white standard that found no scanner may be gone by the time there is one.
    requests.open()
    report.description = session.description
    report.tell(.ready, because: referenceProblem)
    if let usage = session.lampUsage { receiver.lampUsed(for: usage) }
    var failures = 0
    while true {
      let turn = try awaitTurn(&session, &decoder, &backoff)
      do throws(AcquisitionError) {
        guard case .done = try take(turn, &session, &decoder) else {
          try session.pause(session.options.busyRetryInterval)
          continue
        }
        if case .reference = turn { referenceProblem = nil }
        failures = 0
        backoff = session.options.initialBackoff
        report.tell(.ready, because: problem(session, decoder) ?? referenceProblem)
      } catch {
        failures += 1
        guard error.leavesConnectionUsable, failures <= Self.failuresMax else { throw error }
        // It serves, but the next connection will not find it.
        if case .referenceStore = error { referenceProblem = error }
        report.tell(.ready, because: error)
        answer(turn, with: error)
        try recover(from: error, &session)
        report.description = session.description
      }
    }
  }

  /// Waits until something is to be measured: in continuous mode at once, else when a client asks.
  ///
  /// Changed options are taken before that.
  private func awaitTurn<Transport: ReportTransport & ~Copyable>(
    _ session: inout ScanSession<Transport>,
    _ decoder: inout ScanDecoder,
    _ backoff: inout Duration
  ) throws(AcquisitionError) -> Turn {
    while true {
      if let changed = requests.takeChangedOptions() {
        session.options = changed
        decoder.preferredReference = changed.preferredReference
      }
      if let deadline = requests.referenceDeadline { return .reference(until: deadline) }
      if session.options.mode == .continuous || requests.isScanWanted { return .scan }
      let isAsked = try stopping.waitUnlessRaised(
        besides: requests.raised.rawValue,
        or: session.descriptor,
        until: .after(session.options.keepAwakeInterval)
      )
      if isAsked {
        // Lowered before the next look, so that whatever comes after it is noticed.
        while requests.raised.take() {}
      } else {
        // Silence for too long, or a connection that is gone: a command tells.
        try session.keepAwake()
        backoff = session.options.initialBackoff
      }
    }
  }

  private func take<Transport: ReportTransport & ~Copyable>(
    _ turn: Turn,
    _ session: inout ScanSession<Transport>,
    _ decoder: inout ScanDecoder
  ) throws(AcquisitionError) -> Outcome {
    switch turn {
    case .scan: try scan(&session, &decoder)
    case .reference(let deadline): try measureReference(&session, &decoder, until: deadline)
    }
  }

  /// Answers whoever asked for what failed, when scanning goes on.
  private func answer(_ turn: Turn, with error: AcquisitionError) {
    switch turn {
    case .scan: requests.scanEnded(.failed(.failed(error)))
    case .reference: requests.referenceEnded(.failure(.failed(error)))
    }
  }

  /// Makes one scan and hands it on.
  private func scan<Transport: ReportTransport & ~Copyable>(
    _ session: inout ScanSession<Transport>,
    _ decoder: inout ScanDecoder
  ) throws(AcquisitionError) -> Outcome {
    guard let arrival = try session.scan() else {
      requests.deviceIsBusy()
      return .busy
    }
    var isTaken = false
    do throws(ScanFileError) {
      try receiver.receive { frame throws(ScanFileError) in
        isTaken = true
        try session.withFile { bytes throws(ScanFileError) in
          try decoder.decode(bytes, arrival: arrival, into: &frame)
        }
      }
    } catch {
      throw .scanFile(error)
    }
    requests.scanEnded(isTaken ? .delivered(time: arrival.time) : .failed(.scanLost))
    return .done
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
  ) throws(AcquisitionError) -> Outcome {
    // A device that was busy for long may look at something else by now.
    guard deadline.remainingMilliseconds > 0 else { throw .busy(.startScan) }
    guard let reference = try session.measureReference(for: &decoder) else { return .busy }
    receiver.referenceMeasured(at: reference.time)
    do throws(ReferenceStoreError) {
      try references?.save(reference)
    } catch {
      // It serves until the connection ends.
      throw .referenceStore(error)
    }
    requests.referenceEnded(.success(reference.time))
    return .done
  }

  private func recover<Transport: ReportTransport & ~Copyable>(
    from error: AcquisitionError,
    _ session: inout ScanSession<Transport>
  ) throws(AcquisitionError) {
    if case .scanFile(let file) = error, file.isUnsupportedKind {
      // Somebody else configured the device since it was opened.
      try session.applyColumnConfiguration()
    }
    try session.pause(session.options.busyRetryInterval)
  }
}
