import Glibc
import Synchronization

/// What one stage tells the watchdog: that it works, or that it waits.
///
/// A stage calls `working` at each turn of its loop and brackets each wait with `waiting` and
/// `working`, or waits with `WakeUp.wait(timeout:pulse:)`, which does. Each call stores one word:
/// no allocation, no lock. Waiting for work may last for ever; waiting for a device gives the time
/// by which it must be over.
package final class StagePulse: Sendable {
  /// What people call the stage, such as `pipeline` or `scanner usb:1-1`.
  package let name: String
  private let token: WatchdogToken
  private let word: Atomic<UInt64>

  /// The two upper bits of the word say what the other 62 are.
  private enum Kind: UInt64 {
    /// The last token that the stage saw.
    case working
    /// Nothing: it waits for work.
    case waiting
    /// The nanosecond of CLOCK_MONOTONIC by which the wait is over; 62 bits last 146 years.
    case waitingUntil
    /// Nothing: the stage has come to its end.
    case ended
  }
  private static let payloadBits: UInt64 = 62

  /// Makes the pulse of a stage that is at work.
  init(name: String, token: WatchdogToken) {
    (self.name, self.token) = (name, token)
    word = Atomic(StagePulse.word(.working, token.current))
  }

  /// The stage is at work: acknowledges the watchdog's token.
  package func working() { set(.working, token.current) }

  /// The stage waits for work and may do so for ever.
  package func waiting() { set(.waiting, 0) }

  /// The stage waits for a device or a disk, which takes `timeout` at most.
  package func waiting(atMost timeout: Duration) {
    let (seconds, attoseconds) = timeout.components
    let nanoseconds = UInt64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000_000)
    guard !nanoseconds.overflow else { return waiting() }
    let end = monotonicNanoseconds().addingReportingOverflow(nanoseconds.partialValue)
    guard !end.overflow else { return waiting() }
    waiting(untilNanoseconds: end.partialValue + UInt64(clamping: attoseconds / 1_000_000_000))
  }

  /// The stage waits for a device or a disk, until then on CLOCK_MONOTONIC at the latest.
  package func waiting(untilNanoseconds deadline: UInt64) {
    guard deadline >> StagePulse.payloadBits == 0 else { return waiting() }
    set(.waitingUntil, deadline)
  }

  /// The stage has come to its end and is watched no more.
  package func end() { set(.ended, 0) }

  /// Whether the stage has come to its end.
  var hasEnded: Bool { StagePulse.kind(of: load()) == .ended }

  /// Whether the stage has seen `token`, which was given out at `issued`, or may still be waiting.
  ///
  /// A wait that was to be over when the token was given out is not excused any more.
  func isAlive(token: UInt64, issued: UInt64) -> Bool {
    let word = load()
    let payload = word & (1 << StagePulse.payloadBits - 1)
    return switch StagePulse.kind(of: word) {
    case .working: payload == token
    case .waitingUntil: payload >= issued
    case .waiting, .ended: true
    }
  }

  private func set(_ kind: Kind, _ payload: UInt64) {
    // Relaxed: the word stands alone; no other memory hangs on it.
    word.store(StagePulse.word(kind, payload), ordering: .relaxed)
  }

  private func load() -> UInt64 {
    // Relaxed: see `set`.
    word.load(ordering: .relaxed)
  }

  private static func word(_ kind: Kind, _ payload: UInt64) -> UInt64 {
    kind.rawValue << payloadBits | payload
  }

  private static func kind(of word: UInt64) -> Kind {
    // Two bits, four kinds.
    Kind(rawValue: word >> payloadBits) ?? .ended
  }
}

extension WakeUp {
  /// Waits for work as `wait(timeout:)` does, and tells the watchdog so.
  ///
  /// - Returns: whether there was a signal.
  package mutating func wait(timeout: Duration?, pulse: StagePulse) -> Bool {
    pulse.waiting()
    let isSignalled = wait(timeout: timeout)
    pulse.working()
    return isSignalled
  }
}

/// The number that every stage at work must repeat; the watchdog alone changes it.
final class WatchdogToken: Sendable {
  private let value = Atomic<UInt64>(1)

  var current: UInt64 {
    // Relaxed: the number stands alone; a stage that sees it a little later acknowledges it then.
    value.load(ordering: .relaxed)
  }

  func next() {
    // Relaxed: see `current`. Two bits are left to the word's kind.
    value.store((current + 1) & (1 << 62 - 1), ordering: .relaxed)
  }
}

/// CLOCK_MONOTONIC, in which a machine's sleep does not count.
func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  // SAFETY: the kernel writes one timespec, from user space (vDSO): no system call.
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
