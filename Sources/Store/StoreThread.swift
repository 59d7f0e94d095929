import Glibc

/// The thread that writes.
enum StoreThread {
  /// Runs `main` on a thread of its own, which blocks all signals that ask for something.
  static func start(_ main: @escaping @Sendable () -> Void) throws(StoreError) {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    unsafe pthread_attr_setstacksize(&attributes, 1 << 20)
    var thread = pthread_t()
    let retained = unsafe Unmanaged.passRetained(ThreadMain(main))
    // SAFETY: the new thread takes over the reference; when there is none, it is released below.
    let code = unsafe pthread_create(
      &thread,
      &attributes,
      { argument in
        if let argument = unsafe argument {
          unsafe Unmanaged<ThreadMain>.fromOpaque(argument).takeRetainedValue().run()
        }
        return nil
      },
      retained.toOpaque()
    )
    guard code == 0 else {
      unsafe retained.release()
      throw .system(path: "store", activity: "starting the thread that writes", errorNumber: code)
    }
  }
}

/// What a new thread is given: one pointer can carry a class only.
private final class ThreadMain: Sendable {
  private let main: @Sendable () -> Void

  init(_ main: @escaping @Sendable () -> Void) { self.main = main }

  func run() {
    var signals = sigset_t()
    unsafe sigfillset(&signals)
    for crash in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS] {
      unsafe sigdelset(&signals, crash)
    }
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    main()
  }
}
