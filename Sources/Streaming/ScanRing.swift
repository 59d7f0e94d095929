package import Spectra

/// A bounded queue of scans from one acquisition thread to the pipeline thread.
///
/// All storage is allocated by `init`; writing and reading never allocate, lock or wait. A full
/// ring drops the newest scan and counts it in `losses`: nothing downstream stalls the scanner.
@frozen
package struct ScanRing: ~Copyable {
  /// The writing end; take it out and give it to the acquisition thread.
  package var producer: Producer
  /// The reading end; take it out and give it to the pipeline thread.
  package var consumer: Consumer
  /// How many scans the full ring has dropped.
  package let losses: LossCounter

  /// Allocates `capacity` frames; a power of two.
  package init(capacity: Int = Limits.ringScans) {
    let counters = RingCounters(capacity: capacity)
    let slots = ScanSlots(capacity: capacity)
    losses = LossCounter()
    producer = Producer(slots: slots, cursor: WritingCursor(counters), losses: losses)
    consumer = Consumer(slots: slots, cursor: ReadingCursor(counters), losses: losses)
  }
}

extension ScanRing {
  /// The writing end, owned by exactly one thread.
  package struct Producer: ~Copyable, Sendable {
    private let slots: ScanSlots
    private var cursor: WritingCursor
    private let losses: LossCounter

    fileprivate init(
      slots: ScanSlots,
      cursor: consuming WritingCursor,
      losses: LossCounter
    ) {
      (self.slots, self.losses) = (slots, losses)
      self.cursor = cursor
    }

    /// Fills the next free frame in place and publishes it.
    ///
    /// The frame holds the points of an older scan until `fill` overwrites them. When `fill` throws
    /// nothing is published and the error passes through.
    /// - Returns: false when the ring is full; `fill` was not called and one loss was counted.
    package mutating func write<Failure: Error>(
      _ fill: (inout ScanFrame) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
      guard let index = cursor.claim() else {
        losses.countOne()
        return false
      }
      // SAFETY: the cursor gave this slot to this thread alone until it is published.
      try unsafe fill(&slots.slot(index).pointee)
      cursor.publish()
      return true
    }
  }

  /// The reading end, owned by exactly one thread.
  package struct Consumer: ~Copyable, Sendable {
    private let slots: ScanSlots
    private var cursor: ReadingCursor
    private let losses: LossCounter
    private var lossesTaken: UInt64 = 0

    fileprivate init(
      slots: ScanSlots,
      cursor: consuming ReadingCursor,
      losses: LossCounter
    ) {
      (self.slots, self.losses) = (slots, losses)
      self.cursor = cursor
    }

    /// Passes the oldest frame to `use` and gives its slot back afterwards, also when `use` throws.
    ///
    /// The slot is lent as `inout` because a borrowed one would be copied to the stack first: what
    /// `use` changes is lost.
    /// - Returns: false when the ring is empty; `use` was not called.
    package mutating func read<Failure: Error>(
      _ use: (inout ScanFrame) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
      guard let index = cursor.claim() else { return false }
      defer { cursor.release() }
      // SAFETY: the cursor gave this slot to this thread alone until it is released.
      try unsafe use(&slots.slot(index).pointee)
      return true
    }

    /// How many scans wait to be read now.
    package var waitingCount: Int {
      mutating get { cursor.waitingCount }
    }

    /// How many scans were dropped since the last call.
    package mutating func takeLosses() -> UInt64 {
      let total = losses.total
      defer { lossesTaken = total }
      return total - lossesTaken
    }
  }
}

/// The ring's frames, allocated once; the cursors agree who may touch which.
///
/// Concrete on purpose, like `RingCounters`: the compiler does not specialise generics over
/// non-copyable types, and ThreadSanitizer does not see races through unspecialised ones.
@safe
private final class ScanSlots: @unchecked Sendable {
  // SAFETY: unchecked because the compiler cannot see that the cursors give each slot to one thread
  // at a time; the memory lives as long as this object, which both ends hold.
  private let start: UnsafeMutablePointer<ScanFrame>
  private let capacity: Int

  init(capacity: Int) {
    unsafe start = .allocate(capacity: capacity)
    for index in 0..<capacity {
      // SAFETY: the memory of slot `index` was allocated above and is not yet initialized.
      unsafe (start + index).initialize(to: ScanFrame())
    }
    self.capacity = capacity
  }

  deinit {
    // SAFETY: `init` initialized all slots and the last end is gone.
    unsafe start.deinitialize(count: capacity)
    unsafe start.deallocate()
  }

  /// The slot at `index`, which the caller has claimed.
  func slot(_ index: Int) -> UnsafeMutablePointer<ScanFrame> {
    precondition(index >= 0 && index < capacity, "slot outside the ring")
    return unsafe start + index
  }
}
