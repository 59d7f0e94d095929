import Glibc

/// When SQLite has to give up what a connection is doing: its progress handler looks here.
@safe
final class ReadingDeadline {
  /// CLOCK_MONOTONIC in nanoseconds; UInt64.max is never.
  let pointer: UnsafeMutablePointer<UInt64>

  init() {
    unsafe pointer = .allocate(capacity: 1)
    unsafe pointer.initialize(to: .max)
  }

  deinit { unsafe pointer.deallocate() }

  /// From now on there are so many seconds.
  func begin(seconds: Int) {
    unsafe pointer.pointee = MonotonicTime.now() + UInt64(seconds) * 1_000_000_000
  }

  /// From now on there is no end.
  func end() { unsafe pointer.pointee = .max }

  /// What SQLite calls every thousand steps of its virtual machine; not 0 ends the statement.
  static let isOver: @convention(c) (UnsafeMutableRawPointer?) -> Int32 = { context in
    // SAFETY: the context is `pointer` of a deadline that outlives the connection's handle.
    guard let deadline = unsafe context?.load(as: UInt64.self) else { return 0 }
    return deadline != .max && MonotonicTime.now() > deadline ? 1 : 0
  }
}

/// CLOCK_MONOTONIC.
enum MonotonicTime {
  /// Nanoseconds since some point in the past.
  static func now() -> UInt64 {
    var time = timespec()
    // SAFETY: the kernel writes one timespec.
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
