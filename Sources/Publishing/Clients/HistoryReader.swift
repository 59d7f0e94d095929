import NIOCore

/// Asks the history for one client, one page at a time, and asks again while it lags behind.
///
/// Lives on the event loop; the history itself is read elsewhere.
final class HistoryReader {
  private enum State {
    case idle
    case reading(Task<Void, Never>)
    /// Nothing new was committed: the timer tells when to ask again.
    case pausing(Scheduled<Void>)
    case cancelled
  }

  private let broadcast: Broadcast
  private var state = State.idle
  /// When the history first said that it knows nothing more yet.
  private var lagsSince: NIODeadline?

  init(_ broadcast: Broadcast) { self.broadcast = broadcast }

  /// Whether an answer is on its way.
  var isWaiting: Bool {
    switch state {
    case .idle: false
    case .reading, .pausing, .cancelled: true
    }
  }

  /// Begins to read what follows `position`, or returns false when nobody has it: there is no
  /// history, or it has lagged behind for too long.
  func read(after position: UInt64, for subscriber: Subscriber) -> Bool {
    guard let history = broadcast.history else { return false }
    let settings = broadcast.settings
    if let since = lagsSince, .now() - since > TimeAmount(settings.historyPatience) {
      lagsSince = nil
      return false
    }
    let limit = settings.historyPageLines
    let (entrance, asker) = (
      broadcast.entrance, NIOLoopBound(subscriber, eventLoop: broadcast.loop)
    )
    state = .reading(
      Task {
        let answer: Result<HistoryPage, any Error>
        do {
          answer = .success(try await history.page(after: position, limit: limit))
        } catch {
          answer = .failure(error)
        }
        entrance.execute { asker.value.takeHistory(answer) }
      }
    )
    return true
  }

  /// Goes on after an answer; one without progress is asked for again after a pause.
  func noteAnswer(isProgress: Bool, for subscriber: Subscriber) {
    if isProgress {
      (state, lagsSince) = (.idle, nil)
      return
    }
    lagsSince = lagsSince ?? .now()
    let pause = TimeAmount(broadcast.settings.historyPause)
    state = .pausing(
      broadcast.loop.assumeIsolated().scheduleTask(in: pause) {
        self.state = .idle
        subscriber.pump()
      }
    )
  }

  /// Asks no more; an answer that is on its way is for nobody.
  func cancel() {
    switch state {
    case .reading(let task): task.cancel()
    case .pausing(let timer): timer.cancel()
    case .idle, .cancelled: break
    }
    state = .cancelled
  }
}
