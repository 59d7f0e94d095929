import NIOCore
import Synchronization

/// The way for other threads onto the event loop, closed before the loop ends.
///
/// Work is handed over under the lock: the loop takes it in order, so whatever came in before the
/// closing is done before the loop ends, and nothing is given to a loop that has ended.
final class LoopEntrance: Sendable {
  private let loop: any EventLoop
  private let isOpen = Mutex(true)

  init(_ loop: any EventLoop) { self.loop = loop }

  /// Has `work` done on the loop, or forgets it when the loop is about to end.
  func execute(_ work: @escaping @Sendable () -> Void) {
    isOpen.withLock { isOpen in
      if isOpen { loop.execute(work) }
    }
  }

  /// Has `work` done on the loop; nil when the loop is about to end.
  func submit<Answer: Sendable>(
    _ work: @escaping @Sendable () -> Answer
  ) -> EventLoopFuture<Answer>? {
    isOpen.withLock { isOpen in isOpen ? loop.submit(work) : nil }
  }

  /// Lets nothing in from now on.
  func close() {
    isOpen.withLock { $0 = false }
  }
}
