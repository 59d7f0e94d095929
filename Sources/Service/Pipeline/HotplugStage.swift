import Streaming

/// The hotplug thread: waits until the bus, an ended acquisition or another configuration wakes it.
struct HotplugStage: ~Copyable, Sendable {
  /// How long until what could not be started is tried again.
  private static let retryInterval = Duration.seconds(2)

  private let threads: AcquisitionThreads
  private var wakeUp: WakeUp
  private let pulse: StagePulse
  private let stop: StopFlag

  init(
    threads: AcquisitionThreads,
    wakeUp: consuming WakeUp,
    pulse: StagePulse,
    stop: StopFlag
  ) {
    (self.threads, self.pulse, self.stop) = (threads, pulse, stop)
    self.wakeUp = wakeUp
  }

  /// Runs until the flag is set.
  mutating func run() {
    while !stop.isSet {
      let isComplete = threads.followChanges()
      _ = wakeUp.wait(timeout: isComplete ? nil : HotplugStage.retryInterval, pulse: pulse)
    }
    pulse.end()
  }
}
