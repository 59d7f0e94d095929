internal import CLinux
internal import Glibc

/// An eventfd: a counter that one thread raises and another waits for beside its socket.
package final class EventDescriptor: Sendable {
  /// The eventfd, readable while the counter is not zero.
  let rawValue: Int32
  /// Hears of each wait in which this counter may be raised.
  let pulse: (any AcquisitionPulse)?

  /// Makes a counter at zero; each `take()` lowers it by one.
  ///
  /// - Throws: `connectionFailed` when the process has no descriptors left.
  package init(pulse: (any AcquisitionPulse)? = nil) throws(AcquisitionError) {
    self.pulse = pulse
    rawValue = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE))
    guard rawValue >= 0 else { throw .connectionFailed(errorNumber: errno) }
  }

  deinit { close(rawValue) }

  /// Raises the counter, which wakes whoever waits; callable from any thread.
  package func raise() {
    var one: UInt64 = 1
    // SAFETY: eight bytes of a number that lives for the call.
    // It can only fail when the counter is at its maximum, where it says all it has to say.
    _ = unsafe write(rawValue, &one, 8)
  }

  /// Lowers the counter by one unless it is zero; returns whether it did.
  func take() -> Bool {
    var count: UInt64 = 0
    // SAFETY: eight bytes of a number that lives for the call.
    return unsafe read(rawValue, &count, 8) == 8
  }
}

extension EventDescriptor {
  /// Waits until `descriptor` has one of `events`; returns false when the deadline passed.
  ///
  /// Throws `stopped` as soon as this counter is raised. A negative `descriptor` just waits.
  func waitUnlessRaised(
    besides descriptor: Int32,
    for events: Int16,
    until deadline: Deadline
  ) throws(AcquisitionError) -> Bool {
    var watched: [3 of pollfd] = [
      pollfd(fd: rawValue, events: Int16(POLLIN), revents: 0),
      pollfd(fd: descriptor, events: events, revents: 0),
      pollfd(fd: -1, events: 0, revents: 0),
    ]
    try wait(&watched, until: deadline)
    // An error or a hang-up counts as ready: the call that follows says what it is.
    return watched[1].revents != 0
  }

  /// Waits until `first` or `second` can be read; returns whether it is `first`.
  ///
  /// Also returns false when the deadline passed; throws `stopped` when this counter is raised.
  func waitUnlessRaised(
    besides first: Int32,
    or second: Int32,
    until deadline: Deadline
  ) throws(AcquisitionError) -> Bool {
    var watched: [3 of pollfd] = [
      pollfd(fd: rawValue, events: Int16(POLLIN), revents: 0),
      pollfd(fd: first, events: Int16(POLLIN), revents: 0),
      pollfd(fd: second, events: Int16(POLLIN), revents: 0),
    ]
    try wait(&watched, until: deadline)
    return watched[1].revents != 0
  }

  /// Waits until this counter is raised; returns false when the deadline passed.
  ///
  /// It is not lowered by that.
  func wait(until deadline: Deadline) -> Bool {
    while true {
      let timeout = deadline.remainingMilliseconds
      var watched = pollfd(fd: rawValue, events: Int16(POLLIN), revents: 0)
      // SAFETY: poll writes into one structure, which lives for the call.
      let ready = unsafe poll(&watched, 1, timeout)
      if ready > 0 || timeout == 0 { return ready > 0 }
    }
  }

  private func wait(
    _ watched: inout [3 of pollfd],
    until deadline: Deadline
  ) throws(AcquisitionError) {
    pulse?.waiting(untilNanoseconds: deadline.nanoseconds)
    defer { pulse?.working() }
    while true {
      let timeout = deadline.remainingMilliseconds
      var span = watched.mutableSpan
      // SAFETY: poll writes into the three elements, which live for the call.
      let ready = unsafe span.withUnsafeMutableBufferPointer { buffer in
        unsafe poll(buffer.baseAddress, 3, timeout)
      }
      if watched[0].revents != 0 { throw .stopped }
      // An interrupted wait (-1) goes on with what is left of its time.
      if ready > 0 || timeout == 0 { return }
    }
  }
}
