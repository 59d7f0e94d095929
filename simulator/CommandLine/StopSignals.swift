import Glibc

/// SIGINT and SIGTERM, taken by the thread that waits for them instead of killing the program.
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
}
