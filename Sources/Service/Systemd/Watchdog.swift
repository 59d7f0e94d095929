import CSystemd
import Glibc
package import Logging
package import Streaming

/// Tells systemd that the daemon is alive for as long as every stage is; ends with its value.
///
/// Every half of WatchdogSec it gives out a token. When that time is over, each stage has repeated
/// the token or waits, and systemd is told so. Else the log names the stage that hangs, and
/// systemd, told nothing, ends the process and starts it again.
package struct Watchdog: ~Copyable, Sendable {
  private let stop: StopFlag
  private let signaller: WakeUp.Signaller
  private let thread: StageThread

  /// How often systemd wants to hear from this process; nil when nobody watches it.
  package static var interval: Duration? {
    var microseconds: UInt64 = 0
    // SAFETY: the library writes one number.
    guard unsafe sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
    return .microseconds(Int64(clamping: microseconds))
  }

  /// Starts the watchdog's thread.
  ///
  /// - Parameters:
  ///   - interval: `Watchdog.interval`.
  ///   - pulses: the stages that it watches.
  ///   - logger: is told which stage hangs.
  ///   - alive: called each time that every stage was alive for half the interval.
  /// - Throws: `StreamingError` without a descriptor or a thread.
  package init(
    interval: Duration,
    pulses: StagePulses,
    logger: Logger,
    alive: @escaping @Sendable () -> Void = { NotifySocket().alive() }
  ) throws(StreamingError) {
    let wakeUp = try WakeUp()
    let (stop, signaller) = (StopFlag(), wakeUp.signaller)
    let rounds = WatchdogRounds(
      pulses: pulses,
      logger: logger,
      alive: alive,
      interval: interval,
      wakeUp: wakeUp,
      stop: stop
    )
    let thread = try StageThread(name: "watchdog", stage: rounds) { $0.run() }
    // Only now: a value that may still fail to come about has nothing to end.
    (self.stop, self.signaller) = (stop, signaller)
    self.thread = thread
  }

  deinit {
    stop.set()
    // The thread is joined where its value ends.
    signaller.signal()
  }
}

/// What the watchdog's thread does.
struct WatchdogRounds: ~Copyable, Sendable {
  private let pulses: StagePulses
  private let logger: Logger
  private let alive: @Sendable () -> Void
  private let interval: Duration
  private var wakeUp: WakeUp
  private let stop: StopFlag
  private var hanging: [String] = []

  init(
    pulses: StagePulses,
    logger: Logger,
    alive: @escaping @Sendable () -> Void,
    interval: Duration,
    wakeUp: consuming WakeUp,
    stop: StopFlag
  ) {
    (self.pulses, self.logger, self.alive) = (pulses, logger, alive)
    (self.interval, self.stop) = (interval, stop)
    self.wakeUp = wakeUp
  }

  mutating func run() {
    pulses.giveOutToken()
    while !stop.isSet {
      // While a stage hangs we look more often: it may come back before systemd's patience ends.
      if wakeUp.wait(timeout: hanging.isEmpty ? interval / 2 : interval / 16) { continue }
      look()
    }
  }

  private mutating func look() {
    let now = pulses.hanging()
    if now.isEmpty {
      alive()
      pulses.giveOutToken()
      if !hanging.isEmpty {
        logger.notice("every stage goes on", metadata: ["stages": "\(names(hanging))"])
      }
    } else if now != hanging {
      logger.tell(
        .stageHangs,
        "a stage hangs: systemd restarts the daemon unless it goes on",
        metadata: ["stages": "\(names(now))"]
      )
    }
    hanging = now
  }

  private func names(_ stages: [String]) -> String { stages.joined(separator: ", ") }
}
