import Synchronization

/// The pulses of every stage that runs now, as the watchdog sees them.
///
/// Stages come and go with their scanners: each adds its pulse before it starts and ends it when it
/// ends. One watchdog gives out tokens; any thread may add.
package final class StagePulses: Sendable {
  private struct Watched: Sendable {
    let pulse: StagePulse
    let ask: (@Sendable (StagePulse) -> Void)?
  }

  private struct Round: Sendable {
    var stages: [Watched] = []
    var issued: UInt64 = 0
  }

  private let token = WatchdogToken()
  private let round = Mutex(Round())

  /// Makes a set without stages.
  package init() {}

  /// Adds a stage, at work from now on.
  ///
  /// - Parameters:
  ///   - name: what people call the stage, such as `pipeline`.
  ///   - ask: called with each new token, for a stage whose waiting is out of our hands: it asks the
  ///     stage, an event loop for instance, to call `working`. It must not wait.
  /// - Returns: the pulse, which the stage calls.
  package func add(
    _ name: String,
    ask: (@Sendable (StagePulse) -> Void)? = nil
  ) -> StagePulse {
    let pulse = StagePulse(name: name, token: token)
    round.withLock { $0.stages.append(Watched(pulse: pulse, ask: ask)) }
    return pulse
  }

  /// Gives out the next token, which every stage at work must acknowledge.
  package func giveOutToken() { giveOutToken(at: monotonicNanoseconds()) }

  /// The names of the stages that neither acknowledged the last token nor wait.
  package func hanging() -> [String] {
    let token = token.current
    return round.withLock { round in
      round.stages.removeAll { $0.pulse.hasEnded }
      return round.stages
        .filter { !$0.pulse.isAlive(token: token, issued: round.issued) }
        .map(\.pulse.name)
    }
  }

  /// Gives out the next token at a time of CLOCK_MONOTONIC.
  func giveOutToken(at nanoseconds: UInt64) {
    let asked = round.withLock { round in
      round.issued = nanoseconds
      token.next()
      return round.stages.filter { $0.ask != nil && !$0.pulse.hasEnded }
    }
    for stage in asked { stage.ask?(stage.pulse) }
  }
}
