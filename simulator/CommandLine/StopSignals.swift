import Glibc

/// SIGINT and SIGTERM, which wait until the program has time for them instead of killing it.
struct StopSignals {
  private let signals: sigset_t

  /// Blocks both in this thread and in every thread that it begins from now on.
  init() {
    var signals = sigset_t()
    // SAFETY: the set is a local that outlives the calls.
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGINT)
    unsafe sigaddset(&signals, SIGTERM)
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    self.signals = signals
  }

  /// Returns when one of them has come.
  func wait() {
    var signals = signals
    var signal: CInt = 0
    // SAFETY: both are locals that outlive the call.
    unsafe sigwait(&signals, &signal)
  }

  /// Which of them has come and waits, if any.
  var arrived: CInt? {
    var arrived = sigset_t()
    // SAFETY: the set is a local that outlives the calls.
    unsafe sigpending(&arrived)
    return [SIGINT, SIGTERM].first { unsafe sigismember(&arrived, $0) == 1 }
  }

  /// If one of them has come, ends the program by it, which is what shells and makefiles look for.
  func endProgramIfArrived() {
    guard let signal = arrived else { return }
    var signals = signals
    // A parent may have had it ignored, but what was asked for has been given up already.
    Glibc.signal(signal, SIG_DFL)
    // SAFETY: the set is a local that outlives the call.
    unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}
