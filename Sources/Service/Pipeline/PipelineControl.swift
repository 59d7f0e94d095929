package import Streaming
import Synchronization

/// What others ask of the pipeline thread: samples by name, another bundle, other limits.
///
/// A mailbox behind a lock. The pipeline looks at one flag in each round and takes the lock only
/// when there is something in it. Every request is answered: after it took effect, or with the
/// reason why it never will.
package final class PipelineControl: Sendable {
  /// Takes the identity of a sample that began or ended, or why none did.
  package typealias Answer = @Sendable (Result<SampleIdentity, PipelineControlError>) -> Void

  /// How many beginnings and ends of samples may wait at the same time.
  package static let requestsMax = 64

  /// What waits for the pipeline; of a limit or a bundle only the latest counts.
  struct Mail: Sendable {
    var sampleEnd: PipelineStage.SampleEnd?
    var generation: BundleGeneration?
    var requests: [SampleRequest] = []
  }

  private struct State {
    var mail = Mail()
    var isClosed = false
  }

  /// The bundles that a prediction slot can still name.
  package let generations = BundleGenerations()
  private let state = Mutex(State())
  private let hasMail = Atomic<Bool>(false)
  private let pipeline: WakeUp.Signaller

  /// Makes a mailbox whose reader waits for `pipeline`'s signals.
  init(pipeline: WakeUp.Signaller) {
    self.pipeline = pipeline
  }

  /// Begins a sample of `scanner` now; one that is open ends first.
  ///
  /// Scans that arrived before belong to that one. Without a name the sample gets the number that
  /// it would have had by itself. It ends as every sample does, also without a scan: then with 0
  /// scans and no classes.
  /// - Returns: the sample's identity, when the sample is open.
  package func beginSample(
    scanner: UInt32,
    name: SampleName?
  ) async throws(PipelineControlError) -> SampleIdentity {
    try await withCheckedContinuation { continuation in
      beginSample(scanner: scanner, name: name) { continuation.resume(returning: $0) }
    }.get()
  }

  /// Begins a sample as the function above does, for those who cannot wait.
  ///
  /// `answer` is called exactly once, on the pipeline thread or by this very call, and must not
  /// wait.
  package func beginSample(
    scanner: UInt32,
    name: SampleName?,
    answer: @escaping Answer
  ) {
    post(SampleRequest(scanner: scanner, wish: .begin(name), answer: answer))
  }

  /// Ends the open sample of `scanner` now, after the scans that have arrived.
  ///
  /// - Returns: the identity of the sample, whose final answer is on its way then.
  package func endSample(scanner: UInt32) async throws(PipelineControlError) -> SampleIdentity {
    try await withCheckedContinuation { continuation in
      endSample(scanner: scanner) { continuation.resume(returning: $0) }
    }.get()
  }

  /// Ends a sample as the function above does, for those who cannot wait.
  ///
  /// `answer` is called as that of `beginSample` is.
  package func endSample(scanner: UInt32, answer: @escaping Answer) {
    post(SampleRequest(scanner: scanner, wish: .end, answer: answer))
  }

  /// Lets `classifier`, or nobody, answer every scanner from its next sample on.
  ///
  /// An open sample ends with the bundle it began with. `generation` is 0 without a classifier and
  /// otherwise one that was never used before. The bundle before is forgotten when its last sample
  /// has ended and been published.
  package func use(classifier: sending BundleClassifier?, generation: UInt32) {
    let next = BundleGeneration(number: generation, classifier: classifier)
    // Before the pipeline can use it in a slot.
    generations.add(next)
    let overtaken = state.withLock { state in
      defer { state.mail.generation = next }
      hasMail.store(true, ordering: .releasing)
      return state.mail.generation
    }
    // The pipeline has never seen it.
    if let overtaken { generations.forget(overtaken.number) }
    pipeline.signal()
  }

  /// Changes when samples end, those that are open included.
  package func use(sampleEnd: PipelineStage.SampleEnd) {
    state.withLock { state in
      state.mail.sampleEnd = sampleEnd
      hasMail.store(true, ordering: .releasing)
    }
    pipeline.signal()
  }

  private func post(_ request: SampleRequest) {
    let refusal: PipelineControlError? = state.withLock { state in
      guard !state.isClosed else { return .stopping }
      guard state.mail.requests.count < PipelineControl.requestsMax else {
        return .tooManyRequests(limit: PipelineControl.requestsMax)
      }
      state.mail.requests.append(request)
      // Release: whoever sees the flag finds what it announces. The lock says the same, but the
      // flag is looked at without it.
      hasMail.store(true, ordering: .releasing)
      return nil
    }
    if let refusal {
      request.answer(.failure(refusal))
    } else {
      pipeline.signal()
    }
  }
}

/// The pipeline's side.
extension PipelineControl {
  /// What came since the last call; costs one atomic look when there is nothing.
  func takeMail() -> Mail? {
    guard hasMail.load(ordering: .acquiring) else { return nil }
    return state.withLock { state in
      hasMail.store(false, ordering: .relaxed)
      defer { state.mail = Mail() }
      return state.mail
    }
  }

  /// Refuses what waits and whatever comes from now on.
  func close() {
    let requests = state.withLock { state in
      state.isClosed = true
      defer { state.mail = Mail() }
      return state.mail.requests
    }
    for request in requests { request.answer(.failure(.stopping)) }
  }
}

/// A sample that is to begin or to end.
struct SampleRequest: Sendable {
  enum Wish: Sendable {
    /// Begin one under this name, or under the scanner's next number.
    case begin(SampleName?)
    /// End the open one.
    case end
  }

  let scanner: UInt32
  let wish: Wish
  /// Called exactly once, on the pipeline thread unless the mailbox refuses the request.
  let answer: PipelineControl.Answer
}

/// Why the pipeline did not begin or end a sample.
package enum PipelineControlError: Error, Equatable, Sendable {
  /// No scanner of this number was ever ready, or others needed its place since.
  case noSuchScanner(UInt32)
  /// The scanner has no open sample to end.
  case noOpenSample(scanner: UInt32)
  /// So many requests wait already.
  case tooManyRequests(limit: Int)
  /// The daemon comes to its end.
  case stopping
}

extension PipelineControlError: CustomStringConvertible {
  /// What was found and what was expected.
  package var description: String {
    switch self {
    case .noSuchScanner(let number): "scanner \(number) has not been ready"
    case .noOpenSample(let number): "scanner \(number) has no open sample"
    case .tooManyRequests(let limit): "\(limit) requests wait already, which is the limit"
    case .stopping: "the daemon is stopping"
    }
  }
}
