package import Spectra
internal import Synchronization

/// What became of one scan that was asked for.
package enum ScanOutcome: Equatable, Sendable {
  /// It was handed on; `time` is its own, which is also that of its answer.
  case delivered(time: Timestamp)
  /// It was not, and no further one of this request will be.
  case failed(ScannerRequestError)
}

/// Why a scanner did not do what it was asked for.
package enum ScannerRequestError: Error, Equatable, Sendable {
  /// The scanner is not connected, or not prepared yet.
  case notReady
  /// A reference measurement was asked for already.
  case alreadyUnderWay
  /// So many requests for scans wait already.
  case tooManyRequests(limit: Int)
  /// The scan was made, but there was no room for it.
  case scanLost
  /// The scanner, or the way to it, failed.
  case failed(AcquisitionError)
}

extension ScannerRequestError: CustomStringConvertible {
  /// The stable name that clients read.
  package var reason: String {
    switch self {
    case .notReady: "notReady"
    case .alreadyUnderWay: "alreadyUnderWay"
    case .tooManyRequests: "tooManyRequests"
    case .scanLost: "ringFull"
    case .failed(let error): error.reason
    }
  }

  /// What was found and what was expected.
  package var description: String {
    switch self {
    case .notReady: "the scanner is not ready"
    case .alreadyUnderWay: "a reference measurement of this scanner is under way"
    case .tooManyRequests(let limit): "\(limit) requests for scans wait already, which is the limit"
    case .scanLost: "the scan was dropped because the pipeline fell behind"
    case .failed(let error): error.description
    }
  }
}

/// What others ask of a scanner's acquisition thread; every request is answered exactly once.
///
/// The thread looks at one flag between two scans and takes the lock only when it is set. Requests
/// are taken while the scanner is ready: what found no scanner is refused at once, and what the
/// scanner leaves behind is refused when it goes away. Answers are given outside of the lock.
final class ScannerRequests: Sendable {
  /// Takes what became of each scan of a request.
  typealias ScanReport = @Sendable (ScanOutcome) -> Void
  /// Takes when a reference was measured, or why not.
  typealias ReferenceReport = @Sendable (Result<Timestamp, ScannerRequestError>) -> Void

  /// How many requests for scans may wait.
  static let scanRequestsMax = 16

  private struct ScanRequest {
    var wantedCount: Int
    /// After which a busy device is no longer asked.
    var deadline: Deadline
    var report: ScanReport
  }

  private struct ReferenceRequest {
    var deadline: Deadline
    var report: ReferenceReport
  }

  private struct State {
    var options: AcquisitionOptions
    var haveOptionsChanged = false
    var isReady = false
    /// The oldest first.
    var scans: [ScanRequest] = []
    var reference: ReferenceRequest?

    var hasSomething: Bool { haveOptionsChanged || !scans.isEmpty || reference != nil }
  }

  /// Raised when there is something new.
  let raised: EventDescriptor
  private let state: Mutex<State>
  /// Whether there may be something to look at.
  private let isNoted = Atomic(false)

  init(options: AcquisitionOptions) throws(AcquisitionError) {
    raised = try EventDescriptor()
    state = Mutex(State(options: options))
  }
}

/// What anybody may ask, from any thread.
extension ScannerRequests {
  func askForScans(_ count: Int, report: @escaping ScanReport) {
    precondition(count > 0, "at least one scan is asked for")
    let refusal: ScannerRequestError? = state.withLock { state in
      guard state.isReady else { return .notReady }
      guard state.scans.count < ScannerRequests.scanRequestsMax else {
        return .tooManyRequests(limit: ScannerRequests.scanRequestsMax)
      }
      let deadline = Deadline.after(state.options.scanPatience)
      state.scans.append(ScanRequest(wantedCount: count, deadline: deadline, report: report))
      note()
      return nil
    }
    if let refusal { report(.failed(refusal)) } else { raised.raise() }
  }

  func askForReference(report: @escaping ReferenceReport) {
    let refusal: ScannerRequestError? = state.withLock { state in
      guard state.isReady else { return .notReady }
      guard state.reference == nil else { return .alreadyUnderWay }
      let deadline = Deadline.after(state.options.referencePatience)
      state.reference = ReferenceRequest(deadline: deadline, report: report)
      note()
      return nil
    }
    if let refusal { report(.failure(refusal)) } else { raised.raise() }
  }

  func use(_ options: AcquisitionOptions) {
    state.withLock { state in
      guard state.options != options else { return }
      (state.options, state.haveOptionsChanged) = (options, true)
      note()
    }
    raised.raise()
  }

  private func note() {
    // Release: the thread that sees the flag finds what it tells of.
    isNoted.store(true, ordering: .releasing)
  }
}

/// What the acquisition thread does.
extension ScannerRequests {
  /// The options as they are now; nobody is told of their change a second time.
  func takeOptions() -> AcquisitionOptions {
    state.withLock { state in
      state.haveOptionsChanged = false
      return state.options
    }
  }

  /// The options when they changed since they were taken; costs one atomic look when nothing waits.
  func takeChangedOptions() -> AcquisitionOptions? {
    guard isNoted.load(ordering: .acquiring) else { return nil }
    return state.withLock { state in
      guard state.haveOptionsChanged else { return nil }
      state.haveOptionsChanged = false
      return state.options
    }
  }

  /// Takes requests from now on.
  func open() {
    while raised.take() {}
    state.withLock { $0.isReady = true }
  }

  /// Refuses everything that waits, and whatever comes before the next `open()`.
  func close(_ error: AcquisitionError) {
    let (scans, reference) = state.withLock { state in
      state.isReady = false
      defer { (state.scans, state.reference) = ([], nil) }
      return (state.scans, state.reference)
    }
    for request in scans { request.report(.failed(.failed(error))) }
    reference?.report(.failure(.failed(error)))
  }

  /// Whether a scan was asked for.
  var isScanWanted: Bool {
    isNoted.load(ordering: .acquiring) && state.withLock { !$0.scans.isEmpty }
  }

  /// Until when the reference that was asked for may be measured; nil when none is wanted.
  var referenceDeadline: Deadline? {
    guard isNoted.load(ordering: .acquiring) else { return nil }
    return state.withLock { state in
      // Whoever waits for the thread's attention may go to sleep again after this look.
      if !state.hasSomething { isNoted.store(false, ordering: .relaxed) }
      return state.reference?.deadline
    }
  }

  /// Answers the oldest request for a scan, if any.
  func scanEnded(_ outcome: ScanOutcome) {
    guard isNoted.load(ordering: .acquiring) else { return }
    let report: ScanReport? = state.withLock { state in
      guard var first = state.scans.first else { return nil }
      first.wantedCount -= 1
      if first.wantedCount > 0, case .delivered = outcome {
        state.scans[0] = first
      } else {
        state.scans.removeFirst()
      }
      // The device is not busy: everybody waits for it anew.
      let deadline = Deadline.after(state.options.scanPatience)
      for index in state.scans.indices { state.scans[index].deadline = deadline }
      return first.report
    }
    report?(outcome)
  }

  /// Answers the requests that a busy device has kept waiting for too long.
  func deviceIsBusy() {
    guard isNoted.load(ordering: .acquiring) else { return }
    let expired = state.withLock { state in
      let expired = state.scans.filter(\.deadline.hasPassed)
      state.scans.removeAll(where: \.deadline.hasPassed)
      return expired
    }
    for request in expired { request.report(.failed(.failed(.busy(.startScan)))) }
  }

  /// Answers the request for a reference, if any.
  func referenceEnded(_ result: Result<Timestamp, ScannerRequestError>) {
    let request = state.withLock { state in
      defer { state.reference = nil }
      return state.reference
    }
    request?.report(result)
  }
}

extension Deadline {
  /// Whether the point lies behind us.
  fileprivate var hasPassed: Bool { Deadline.now() >= nanoseconds }
}
