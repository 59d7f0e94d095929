/// Hears what the thread of a scanner does, so that a watchdog can tell a wait from a hang.
///
/// Every method is called on that thread, `waiting` and `working` around each wait; none may
/// allocate or wait.
package protocol AcquisitionPulse: Sendable {
  /// The thread is at work.
  func working()
  /// The thread waits for a device or a server, at the latest until then on CLOCK_MONOTONIC.
  func waiting(untilNanoseconds deadline: UInt64)
  /// The thread has come to its end.
  func end()
}
