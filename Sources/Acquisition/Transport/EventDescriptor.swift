internal import CLinux
internal import Glibc

/// An eventfd: a counter that one thread raises and another waits for beside its socket.
final class EventDescriptor: Sendable {
  let rawValue: Int32

  /// Makes a counter at zero; each `take()` lowers it by one.
  init() {
    rawValue = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE))
    // Only a process without descriptors or memory gets here, before anything was started.
    precondition(rawValue >= 0, "eventfd failed")
  }

  deinit { close(rawValue) }

  /// Raises the counter, which wakes whoever waits; callable from any thread.
  func raise() {
    var one: UInt64 = 1
    // It can only fail when the counter is at its maximum, where it says all it has to say.
    _ = unsafe write(rawValue, &one, 8)
  }

  /// Lowers the counter by one unless it is zero; returns whether it did.
  func take() -> Bool {
    var count: UInt64 = 0
    return unsafe read(rawValue, &count, 8) == 8
  }
}
