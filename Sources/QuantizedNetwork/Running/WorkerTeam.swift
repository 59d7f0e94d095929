import Glibc
import Synchronization

/// Threads that take their share of one convolution after another; the caller is thread 0.
///
/// Networks that run one after another, on one thread, can share a team.
///
/// They end with the team. Between convolutions they look for the next one for a short while and
/// then sleep, so that an idle network costs nothing.
package final class WorkerTeam {
  /// How many threads share a convolution, the caller included.
  package let threadCount: Int
  private let board = WorkBoard()
  private var threads: [pthread_t] = []

  /// Starts all threads but the caller's; nil where the system gives no more.
  package init?(threadCount: Int) {
    precondition(threadCount >= 1, "a team has the caller at least")
    self.threadCount = threadCount
    for number in 1..<threadCount {
      let worker = Worker(board: board, number: number)
      var thread = pthread_t()
      // SAFETY: the new thread takes the worker over and releases it when it ends.
      let context = unsafe Unmanaged.passRetained(worker).toOpaque()
      let status = unsafe pthread_create(&thread, nil, Worker.main, context)
      guard status == 0 else {
        unsafe Unmanaged<Worker>.fromOpaque(context).release()
        return nil
      }
      threads.append(thread)
    }
  }

  deinit {
    unsafe board.announce(nil)
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Runs all shares of a convolution whose image is prepared; returns when the last is done.
  func run(_ call: UnsafePointer<ConvolutionCall>) {
    unsafe board.announce(call)
    unsafe call.pointee.run(thread: 0)
    board.waitUntilDone(by: threads.count)
  }
}

/// What the threads of a team tell each other.
///
/// The caller writes `call`, then counts `announced` up; each worker runs its share once for every
/// count, then counts `done` up. The caller announces nothing new before all are done, so `call` is
/// never written while a worker may read it.
@safe
private final class WorkBoard: Sendable {
  /// How often an idle worker looks for work before it sleeps: some ten microseconds.
  private static let looks = 20_000

  // SAFETY: written by the caller alone, while every worker waits for the next count.
  private nonisolated(unsafe) var call: UnsafePointer<ConvolutionCall>?
  private let announced = Atomic<Int>(0)
  private let done = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  // SAFETY: both are initialized here, used through pthread's functions only, and freed when no
  // thread is left.
  private nonisolated(unsafe) let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private nonisolated(unsafe) let change: UnsafeMutablePointer<pthread_cond_t>

  init() {
    unsafe mutex = .allocate(capacity: 1)
    unsafe change = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(change, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(change)
    unsafe pthread_mutex_destroy(mutex)
    unsafe change.deallocate()
    unsafe mutex.deallocate()
  }

  /// Gives all workers their share of `next`, or ends them where it is nil.
  func announce(_ next: UnsafePointer<ConvolutionCall>?) {
    unsafe call = unsafe next
    done.store(0, ordering: .relaxed)
    // Sequentially consistent: either a worker that falls asleep sees the count, or the sleeper is
    // seen below. It also releases what was written before.
    announced.add(1, ordering: .sequentiallyConsistent)
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    unsafe pthread_mutex_lock(mutex)
    unsafe pthread_cond_broadcast(change)
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Waits until `count` workers are done.
  func waitUntilDone(by count: Int) {
    var looks = 0
    // Acquiring: what the workers wrote is read next.
    while done.load(ordering: .acquiring) < count {
      looks += 1
      // Where a worker has lost its processor, it may need this one.
      if looks % Self.looks == 0 { sched_yield() }
    }
  }

  /// Waits for the announcement behind `seen`; nil where it is the end.
  func next(after seen: Int) -> UnsafePointer<ConvolutionCall>? {
    for _ in 0..<Self.looks where announced.load(ordering: .acquiring) != seen {
      return unsafe call
    }
    unsafe pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while announced.load(ordering: .sequentiallyConsistent) == seen {
      unsafe pthread_cond_wait(change, mutex)
    }
    sleepers.subtract(1, ordering: .relaxed)
    unsafe pthread_mutex_unlock(mutex)
    return unsafe call
  }

  /// Says that a worker's share is done.
  func finish() {
    // Releasing: the share is written before it counts as done.
    done.add(1, ordering: .releasing)
  }
}

/// One thread of a team.
private final class Worker: Sendable {
  private let board: WorkBoard
  private let number: Int

  init(board: WorkBoard, number: Int) { (self.board, self.number) = (board, number) }

  static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
    guard let context = unsafe $0 else { return nil }
    // SAFETY: the context is the worker that `WorkerTeam.init` retained for this thread.
    unsafe Unmanaged<Worker>.fromOpaque(context).takeRetainedValue().work()
    return nil
  }

  private func work() {
    var seen = 0
    while let call = unsafe board.next(after: seen) {
      seen += 1
      if unsafe number < call.pointee.threadCount { unsafe call.pointee.run(thread: number) }
      board.finish()
    }
  }
}
