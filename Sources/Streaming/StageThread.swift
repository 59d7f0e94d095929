import CLinux
import Glibc

/// A named thread that runs one stage of a scan's life from start to end.
///
/// Stages are threads of their own, not tasks: acquisition blocks in reads, and the pipeline must
/// not wait for a thread of somebody else's pool. Signals that ask the process to do something are
/// blocked there, so they reach the main thread.
package struct StageThread: ~Copyable, Sendable {
  private let thread: pthread_t

  /// Starts a thread that owns `stage` and runs `run` on it.
  ///
  /// - Parameters:
  ///   - name: what ps and gdb show, at most 15 bytes.
  ///   - stackBytes: the stack's size, at least 64 KiB.
  ///   - stage: what the thread owns: ring ends, buffers, a wake-up.
  ///   - run: returns when the stage ends.
  /// - Throws: `StreamingError.thread` when the system starts no thread.
  package init<Stage: ~Copyable & Sendable>(
    name: String,
    stackBytes: Int = 1 << 20,
    stage: consuming Stage,
    run: @escaping @Sendable (inout Stage) -> Void
  ) throws(StreamingError) {
    let main = StageMain(name: name, stage: stage, run: run)
    thread = try StageThread.start(name: name, stackBytes: stackBytes, main: main)
  }

  /// Waits until the stage has ended.
  package consuming func join() {
    // The deinitializer joins.
  }

  deinit {
    // The thread was started by `init` and is joined only here.
    pthread_join(thread, nil)
  }

  private static func start(
    name: String,
    stackBytes: Int,
    main: AnyStageMain
  ) throws(StreamingError) -> pthread_t {
    precondition(name.utf8.count <= 15, "the kernel keeps 15 bytes of a thread's name")
    precondition(stackBytes >= 64 << 10, "a stack has at least 64 KiB")
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setstacksize(&attributes, stackBytes)
    var thread = pthread_t()
    let retained = unsafe Unmanaged.passRetained(main)
    // SAFETY: the new thread takes over the reference; when there is none, it is released below.
    let code = unsafe pthread_create(
      &thread,
      &attributes,
      { argument in
        if let argument = unsafe argument {
          unsafe Unmanaged<AnyStageMain>.fromOpaque(argument).takeRetainedValue().main()
        }
        return nil
      },
      retained.toOpaque()
    )
    guard code == 0 else {
      unsafe retained.release()
      throw .thread(name: name, errno: code)
    }
    return thread
  }
}

/// What a new thread is given: one pointer can carry a class only.
private class AnyStageMain {
  private let name: String

  init(name: String) { self.name = name }

  func run() {}

  final func main() {
    // SAFETY: the name is NUL-terminated for the call.
    _ = unsafe name.withCString { unsafe clinux_set_thread_name($0) }
    AnyStageMain.blockRequests()
    run()
  }

  /// Leaves only the signals that report a crash of this very thread.
  private static func blockRequests() {
    var signals = sigset_t()
    unsafe sigfillset(&signals)
    for crash in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS] {
      unsafe sigdelset(&signals, crash)
    }
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
  }
}

private final class StageMain<Stage: ~Copyable & Sendable>: AnyStageMain {
  private var stage: Stage
  private let body: @Sendable (inout Stage) -> Void

  init(name: String, stage: consuming Stage, run: @escaping @Sendable (inout Stage) -> Void) {
    self.stage = stage
    body = run
    super.init(name: name)
  }

  override func run() { body(&stage) }
}
