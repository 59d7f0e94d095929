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
    board.end()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Runs all parts of a convolution whose image is prepared; returns when the last is done.
  ///
  /// Parts are claimed, not given: a worker that comes late costs nothing.
  func run(_ call: UnsafePointer<ConvolutionCall>) {
    unsafe board.announce(call)
    board.work(thread: 0)
    unsafe board.waitUntilComplete(call.pointee.partCount)
  }
}

/// What the threads of a team tell each other.
///
/// A thread that has claimed parts may look at `call`: the caller announces no other before all
/// parts are complete.
@safe
private final class WorkBoard: Sendable {
  /// How often an idle worker looks for work before it sleeps: some ten microseconds.
  private static let looks = 20_000

  /// The address of the convolution whose parts are in the ticket.
  private let call = Atomic<UInt>(0)
  private let ticket = Atomic<UInt64>(0)
  private let complete = Atomic<Int>(0)
  private let isEnding = Atomic<Bool>(false)
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

  /// Offers the parts of `next` to all threads.
  func announce(_ next: UnsafePointer<ConvolutionCall>) {
    call.store(UInt(bitPattern: next), ordering: .relaxed)
    complete.store(0, ordering: .relaxed)
    let old = Ticket(bits: ticket.load(ordering: .relaxed))
    let new = unsafe old.next(parts: next.pointee.partCount, claim: next.pointee.claimPartCount)
    // Sequentially consistent: either a worker that falls asleep sees the parts, or the sleeper is
    // seen below. It also releases what was written before.
    ticket.store(new.bits, ordering: .sequentiallyConsistent)
    if unsafe next.pointee.isWorthWaking { wake() }
  }

  /// Runs parts as long as there are any that nobody has claimed.
  func work(thread: Int) {
    while true {
      let found = Ticket(bits: ticket.load(ordering: .acquiring))
      guard found.left > 0 else { return }
      let desired = found.claimed
      let claim = ticket.compareExchange(
        expected: found.bits,
        desired: desired.bits,
        ordering: .acquiring
      )
      guard claim.exchanged,
        let call = unsafe UnsafePointer<ConvolutionCall>(bitPattern: call.load(ordering: .relaxed))
      else { continue }
      unsafe call.pointee.run(parts: desired.left..<found.left, thread: thread)
      // Releasing: the parts are written before they count.
      complete.add(found.left - desired.left, ordering: .releasing)
    }
  }

  /// Waits until `count` parts are complete.
  func waitUntilComplete(_ count: Int) {
    var looks = 0
    // Acquiring: what the workers wrote is read next.
    while complete.load(ordering: .acquiring) < count {
      looks += 1
      // Where a worker has lost its processor, it may need this one.
      if looks % Self.looks == 0 { sched_yield() }
    }
  }

  /// Waits for parts, for a while awake and then asleep; false at the end.
  func waitForWork() -> Bool {
    for _ in 0..<Self.looks {
      if hasWork { return true }
      if isEnding.load(ordering: .relaxed) { return false }
    }
    unsafe pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while !hasWork, !isEnding.load(ordering: .sequentiallyConsistent) {
      unsafe pthread_cond_wait(change, mutex)
    }
    sleepers.subtract(1, ordering: .relaxed)
    unsafe pthread_mutex_unlock(mutex)
    return !isEnding.load(ordering: .relaxed)
  }

  /// Ends all workers.
  func end() {
    isEnding.store(true, ordering: .sequentiallyConsistent)
    wake()
  }

  private var hasWork: Bool {
    Ticket(bits: ticket.load(ordering: .sequentiallyConsistent)).left > 0
  }

  private func wake() {
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    unsafe pthread_mutex_lock(mutex)
    unsafe pthread_cond_broadcast(change)
    unsafe pthread_mutex_unlock(mutex)
  }
}

/// What can be claimed, in one word.
///
/// It is the number of the announcement, how many parts a claim takes,
/// and how many are left. A claim succeeds only while none of it has changed.
private struct Ticket {
  let bits: UInt64

  /// Parts that nobody has claimed; the last are claimed first.
  var left: Int { Int(bits & 0xFFFF_FFFF) }
  private var claim: Int { Int(bits >> 32 & 0xFF) }

  /// What is left after a claim.
  var claimed: Ticket { Ticket(bits: bits - UInt64(min(claim, left))) }

  /// The ticket of the next announcement; `claim` is 1 to 255.
  func next(parts: Int, claim: Int) -> Ticket {
    let number = (bits >> 40 &+ 1) << 40
    return Ticket(bits: number | UInt64(claim) << 32 | UInt64(parts))
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
    let worker = unsafe Unmanaged<Worker>.fromOpaque(context).takeRetainedValue()
    while worker.board.waitForWork() { worker.board.work(thread: worker.number) }
    return nil
  }
}
