import Spectra
import Synchronization

/// Where a call that asked for a scan waits for its answer.
///
/// The publishing thread hands every answer to a scan to the taps of its scanner, after its line is
/// in every client's queue. A tap keeps a bounded number of answers: a call takes them as they come.
final class PredictionTaps: Sendable {
  /// One answer: when its scan arrived, and its line.
  struct Answer: Sendable {
    let time: Timestamp
    let line: [UInt8]
  }

  private struct Tap: Sendable {
    let scanner: String
    let answers: AsyncStream<Answer>.Continuation
  }

  private struct State: Sendable {
    var taps: [Int: Tap] = [:]
    var lastNumber = 0
  }

  private static let answersKept = 1_024
  private let state = Mutex(State())

  /// The answers of `scanner` from now on, until the stream is dropped.
  func open(scanner: String) -> AsyncStream<Answer> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Answer.self,
      bufferingPolicy: .bufferingNewest(PredictionTaps.answersKept)
    )
    let number = state.withLock { state in
      state.lastNumber += 1
      state.taps[state.lastNumber] = Tap(scanner: scanner, answers: continuation)
      return state.lastNumber
    }
    continuation.onTermination = { [weak self] _ in
      _ = self?.state.withLock { $0.taps.removeValue(forKey: number) }
    }
    return stream
  }

  /// Whether anybody waits; looked at before a line is copied.
  var isAnyOpen: Bool { state.withLock { !$0.taps.isEmpty } }

  /// Hands on the answer to one scan of `scanner`.
  func deliver(_ answer: Answer, scanner: String) {
    let continuations = state.withLock { state in
      state.taps.values.filter { $0.scanner == scanner }.map(\.answers)
    }
    for continuation in continuations { continuation.yield(answer) }
  }
}
