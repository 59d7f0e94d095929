import Acquisition
import Streaming
import Synchronization

/// One scanner's acquisition and its thread; stopped and joined at the latest with the last reference.
// SAFETY (Sendable): the thread's handle is behind a lock.
final class ScannerThread: Sendable {
  let acquisition: ScannerAcquisition<RingReceiver>
  /// The revision of the selection under which it was started.
  let revision: Int
  private let thread: Mutex<StageThread?>
  private let end = StopFlag()

  /// Whether the acquisition has come to its end, so that joining takes no time.
  var hasEnded: Bool { end.isSet }

  init(
    _ acquisition: ScannerAcquisition<RingReceiver>,
    revision: Int,
    name: String,
    wake: WakeUp.Signaller
  ) throws(StreamingError) {
    (self.acquisition, self.revision) = (acquisition, revision)
    let end = end
    let thread = try StageThread(name: name, stage: acquisition) { acquisition in
      acquisition.run()
      end.set()
      wake.signal()
    }
    self.thread = Mutex(thread)
  }

  deinit {
    acquisition.stop()
    join()
  }

  /// Waits for the acquisition's end.
  func join() {
    // The thread is joined where its value ends.
    thread.withLock { $0 = nil }
  }
}
