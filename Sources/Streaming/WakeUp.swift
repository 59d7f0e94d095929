import CLinux
import Glibc

/// Wakes one waiting thread from others: the waiting end.
///
/// Signals do not queue: any number of them before a `wait` makes that wait return once. So the
/// waiter looks at its rings after every wake-up until they are empty, and only then waits.
package struct WakeUp: ~Copyable, Sendable {
  /// The end that wakes; copy it to every thread that has something to tell.
  package struct Signaller: Sendable {
    fileprivate let event: EventDescriptor

    /// Wakes the waiter: one write system call, nothing else.
    package func signal() {
      var one: UInt64 = 1
      // SAFETY: eight bytes are read from `one`; `event` keeps the descriptor open. The only errors
      // possible are EAGAIN, when a wake-up is pending anyway, and EINTR, which writes this short
      // do not meet.
      _ = unsafe write(event.descriptor, &one, MemoryLayout<UInt64>.size)
    }
  }

  /// The end that wakes.
  package let signaller: Signaller

  /// Opens an event descriptor.
  package init() throws(StreamingError) {
    signaller = Signaller(event: try EventDescriptor())
  }

  /// Waits for a signal since the last `wait`, at most `timeout`; nil waits without end.
  ///
  /// Waits a millisecond longer rather than shorter.
  /// - Returns: whether there was a signal.
  package mutating func wait(timeout: Duration?) -> Bool {
    let deadline = timeout.map { ContinuousClock.now + $0 }
    while true {
      var entry = pollfd(fd: signaller.event.descriptor, events: Int16(POLLIN), revents: 0)
      let remaining = deadline.map { ContinuousClock.now.duration(to: $0) }
      // SAFETY: one entry, alive during the call.
      let readyCount = unsafe poll(&entry, 1, WakeUp.milliseconds(remaining))
      if readyCount > 0 { return consumeSignal() }
      if let deadline, ContinuousClock.now >= deadline { return false }
    }
  }

  private func consumeSignal() -> Bool {
    var count: UInt64 = 0
    // SAFETY: eight bytes are written to `count`; the descriptor does not block.
    return unsafe read(signaller.event.descriptor, &count, MemoryLayout<UInt64>.size) > 0
  }

  /// poll's timeout: -1 for ever, else milliseconds rounded up, at most an hour at a time.
  private static func milliseconds(_ duration: Duration?) -> CInt {
    guard let duration else { return -1 }
    let (seconds, attoseconds) = duration.components
    if seconds < 0 || (seconds == 0 && attoseconds <= 0) { return 0 }
    if seconds >= 3_600 { return 3_600_000 }
    return CInt(seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}

/// An eventfd, closed when nobody can signal or wait any more.
private final class EventDescriptor: Sendable {
  let descriptor: CInt

  init() throws(StreamingError) {
    descriptor = eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK))
    guard descriptor >= 0 else { throw .eventDescriptor(errno: errno) }
  }

  deinit { close(descriptor) }
}
