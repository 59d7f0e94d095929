import Glibc

/// CLOCK_MONOTONIC: the only clock by which the simulator waits.
enum MonotonicClock {
  /// Nanoseconds since some moment before this program began.
  static func nanoseconds() -> UInt64 {
    var time = timespec()
    // SAFETY: the result is a local that outlives the call.
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
