import Glibc

/// Wakes the store's thread from others.
///
/// Signals do not queue: any number of them before a `wait` makes that wait return once.
@safe
final class WakingSignal: Sendable {
  @safe
  private struct Parts {
    var mutex = unsafe pthread_mutex_t()
    var condition = pthread_cond_t()
    var isPending = false
  }

  // SAFETY: the parts never move; `isPending` is touched only while the mutex is held.
  nonisolated(unsafe) private let parts: UnsafeMutablePointer<Parts>

  init() {
    unsafe parts = .allocate(capacity: 1)
    unsafe parts.initialize(to: Parts())
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    // The time of day may be set; waiting must not notice.
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_mutex_init(&parts.pointee.mutex, nil)
    unsafe pthread_cond_init(&parts.pointee.condition, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(&parts.pointee.condition)
    unsafe pthread_mutex_destroy(&parts.pointee.mutex)
    unsafe parts.deinitialize(count: 1)
    unsafe parts.deallocate()
  }

  /// Lets the waiting call return, or the next one.
  func signal() {
    unsafe pthread_mutex_lock(&parts.pointee.mutex)
    unsafe parts.pointee.isPending = true
    unsafe pthread_cond_signal(&parts.pointee.condition)
    unsafe pthread_mutex_unlock(&parts.pointee.mutex)
  }

  /// Waits for a signal, at most so long.
  ///
  /// - Returns: whether there was a signal.
  @discardableResult
  func wait(milliseconds: Int) -> Bool {
    let end = MonotonicTime.now() + UInt64(max(0, milliseconds)) * 1_000_000
    var time = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
    unsafe pthread_mutex_lock(&parts.pointee.mutex)
    defer { unsafe pthread_mutex_unlock(&parts.pointee.mutex) }
    var code: CInt = 0
    while unsafe !parts.pointee.isPending, code == 0 {
      code = unsafe pthread_cond_timedwait(&parts.pointee.condition, &parts.pointee.mutex, &time)
    }
    defer { unsafe parts.pointee.isPending = false }
    return unsafe parts.pointee.isPending
  }
}
