internal import Glibc

/// A point of CLOCK_MONOTONIC after which nobody waits any longer.
package struct Deadline: Sendable, BitwiseCopyable {
  /// The point in nanoseconds of CLOCK_MONOTONIC.
  package let nanoseconds: UInt64

  /// The point that lies `duration` after now; one that is not positive has passed already.
  package static func after(_ duration: Duration) -> Deadline {
    let (seconds, attoseconds) = duration.components
    guard seconds >= 0, attoseconds >= 0 else { return Deadline(nanoseconds: now()) }
    // A century is for ever, and keeps the sum far below its limit.
    let wait = UInt64(min(seconds, 3_200_000_000)) * 1_000_000_000
    return Deadline(nanoseconds: now() + wait + UInt64(attoseconds / 1_000_000_000))
  }

  /// CLOCK_MONOTONIC in nanoseconds.
  package static func now() -> UInt64 {
    var time = timespec()
    // SAFETY: the kernel fills a structure that lives for the call.
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// What is left in whole milliseconds, rounded up so that nobody wakes too early; 0 when passed.
  var remainingMilliseconds: Int32 {
    let now = Deadline.now()
    guard now < nanoseconds else { return 0 }
    return Int32(clamping: (nanoseconds - now + 999_999) / 1_000_000)
  }
}
