import Glibc

/// CLOCK_MONOTONIC, by which every timeout and silence is measured.
package enum MonotonicClock {
  /// Nanoseconds since some point before the process began.
  package static func nanoseconds() -> UInt64 {
    var time = timespec()
    // SAFETY: the kernel writes one timespec, from user space (vDSO): no system call.
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
