import Streaming
import Synchronization

/// Lets a call wait until everything that the pipeline has answered so far is published.
///
/// Whoever ended a sample may ask for it at once: its last line is in every client's queue and on
/// its way into the store when the call returns.
final class PublishingBarrier: Sendable {
  private struct State: Sendable {
    var waiting: [CheckedContinuation<Void, Never>] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let publishing: WakeUp.Signaller

  init(publishing: WakeUp.Signaller) { self.publishing = publishing }

  /// Returns when the publishing thread has taken every slot that was filled before this call.
  func pass() async {
    await withCheckedContinuation { continuation in
      let isClosed = state.withLock { state in
        if !state.isClosed { state.waiting.append(continuation) }
        return state.isClosed
      }
      if isClosed { continuation.resume() } else { publishing.signal() }
    }
  }

  /// Those who wait for slots that were filled before now; resume them after the next round.
  func takeWaiting() -> [CheckedContinuation<Void, Never>] {
    state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting
    }
  }

  /// Lets everybody pass from now on: the publishing thread has come to its end.
  func close() {
    let waiting = state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}
