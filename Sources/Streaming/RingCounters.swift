import Synchronization

/// The counts that the two ends of a ring share: every atomic of both rings is in this file.
///
/// The counts only grow: at 1 kHz a `UInt64` lasts 584 million years, so none ever wraps. Slot
/// `count % capacity` is the producer's from the claim to the publication and the consumer's from
/// its claim to its release; `written - read` slots, never more than `capacity`, wait to be read.
/// The type is concrete on purpose: ThreadSanitizer does not see races through unspecialised
/// generics. `RingThreadsTests` says how to prove that it sees these.
final class RingCounters: Sendable {
  let capacity: UInt64
  fileprivate let writtenCount = CacheLine()
  fileprivate let readCount = CacheLine()

  init(capacity: Int) {
    precondition(capacity > 0, "a ring holds at least one slot")
    precondition(capacity & (capacity - 1) == 0, "a ring's capacity is a power of two")
    self.capacity = UInt64(capacity)
  }
}

/// The producer's view of the counts; belongs to one thread.
struct WritingCursor: ~Copyable, Sendable {
  private let counters: RingCounters
  /// Last observed read count: never more than the true one, so a full ring is never missed.
  private var readCountSeen: UInt64 = 0

  init(_ counters: RingCounters) { self.counters = counters }

  /// The index of the next slot to fill, or nil when the ring is full.
  ///
  /// The slot stays the producer's until `publish`; claiming again gives the same slot.
  mutating func claim() -> Int? {
    // Relaxed: only this thread writes the count.
    let writtenCount = counters.writtenCount.value.load(ordering: .relaxed)
    if writtenCount - readCountSeen == counters.capacity {
      // Acquire: the consumer's last look at the slot happens before we overwrite it.
      readCountSeen = counters.readCount.value.load(ordering: .acquiring)
      if writtenCount - readCountSeen == counters.capacity { return nil }
    }
    return Int(writtenCount & (counters.capacity - 1))
  }

  /// Hands the claimed slot to the consumer.
  mutating func publish() {
    // Relaxed: only this thread writes the count.
    let writtenCount = counters.writtenCount.value.load(ordering: .relaxed)
    precondition(writtenCount - readCountSeen < counters.capacity, "no slot was claimed")
    // Release: the slot's content is visible before the count that announces it.
    counters.writtenCount.value.store(writtenCount + 1, ordering: .releasing)
  }
}

/// The consumer's view of the counts; belongs to one thread.
struct ReadingCursor: ~Copyable, Sendable {
  private let counters: RingCounters
  /// Last observed written count: never more than the true one, so no unwritten slot is read.
  private var writtenCountSeen: UInt64 = 0

  init(_ counters: RingCounters) { self.counters = counters }

  /// The index of the oldest slot that waits, or nil when the ring is empty.
  mutating func claim() -> Int? {
    // Relaxed: only this thread writes the count.
    let readCount = counters.readCount.value.load(ordering: .relaxed)
    if readCount == writtenCountSeen {
      // Acquire: the producer's filling of the slot happens before we look at it.
      writtenCountSeen = counters.writtenCount.value.load(ordering: .acquiring)
      if readCount == writtenCountSeen { return nil }
    }
    return Int(readCount & (counters.capacity - 1))
  }

  /// How many slots wait to be read now.
  var waitingCount: Int {
    mutating get {
      // Acquire: see `claim`, which may now give any of them.
      writtenCountSeen = counters.writtenCount.value.load(ordering: .acquiring)
      // Relaxed: only this thread writes the count.
      return Int(writtenCountSeen - counters.readCount.value.load(ordering: .relaxed))
    }
  }

  /// Gives the claimed slot back to the producer.
  mutating func release() {
    // Relaxed: only this thread writes the count.
    let readCount = counters.readCount.value.load(ordering: .relaxed)
    precondition(readCount < writtenCountSeen, "no slot was claimed")
    // Release: our last look at the slot happens before the producer may overwrite it.
    counters.readCount.value.store(readCount + 1, ordering: .releasing)
  }
}

/// How many scans a full ring has dropped since the start; any thread may read it.
package final class LossCounter: Sendable {
  private let lostCount = Atomic<UInt64>(0)

  /// All losses so far.
  package var total: UInt64 {
    // Relaxed: a number for people and for counting; no other memory hangs on it.
    lostCount.load(ordering: .relaxed)
  }

  func countOne() {
    // Relaxed: see `total`.
    lostCount.add(1, ordering: .relaxed)
  }
}

/// A count alone on its cache lines, so that the two ends do not invalidate each other's.
private struct CacheLine: ~Copyable {
  // The padding comes first as well: what the class holds before the count shares no line with it.
  private let paddingBefore = InlineArray<15, UInt64>(repeating: 0)
  let value = Atomic<UInt64>(0)
  // 128 bytes: x86-64 prefetches lines in pairs, and `@_alignment` cannot exceed 16.
  private let paddingAfter = InlineArray<15, UInt64>(repeating: 0)
}
