import Spectra

/// A bounded queue of answers from the pipeline thread to the publishing thread.
///
/// All storage is allocated by `init`; writing and reading never allocate, lock or wait. Nothing is
/// dropped here: a pipeline that finds the ring full waits, and meanwhile its `ScanRing`s fill up
/// and drop the newest scans.
@frozen
package struct PredictionRing: ~Copyable {
  /// The writing end; take it out and give it to the pipeline thread.
  package var producer: Producer
  /// The reading end; take it out and give it to the publishing thread.
  package var consumer: Consumer

  /// Allocates `capacity` slots; a power of two.
  package init(capacity: Int = Limits.ringScans) {
    let counters = RingCounters(capacity: capacity)
    let slots = PredictionSlots(capacity: capacity)
    producer = Producer(slots: slots, cursor: WritingCursor(counters))
    consumer = Consumer(slots: slots, cursor: ReadingCursor(counters))
  }
}

extension PredictionRing {
  /// The writing end, owned by exactly one thread.
  package struct Producer: ~Copyable, Sendable {
    private let slots: PredictionSlots
    private var cursor: WritingCursor

    fileprivate init(slots: PredictionSlots, cursor: consuming WritingCursor) {
      self.slots = slots
      self.cursor = cursor
    }

    /// Fills the next free slot in place and publishes it.
    ///
    /// The slot holds an older answer until `fill` overwrites it. When `fill` throws nothing is
    /// published and the error passes through.
    /// - Returns: false when the ring is full; `fill` was not called.
    package mutating func write<Failure: Error>(
      _ fill: (inout PredictionSlot) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
      guard let index = cursor.claim() else { return false }
      // SAFETY: the cursor gave this slot to this thread alone until it is published.
      try unsafe fill(&slots.slot(index).pointee)
      cursor.publish()
      return true
    }

    /// Whether a `write` now would return false.
    package var isFull: Bool {
      mutating get { cursor.claim() == nil }
    }
  }

  /// The reading end, owned by exactly one thread.
  package struct Consumer: ~Copyable, Sendable {
    private let slots: PredictionSlots
    private var cursor: ReadingCursor

    fileprivate init(slots: PredictionSlots, cursor: consuming ReadingCursor) {
      self.slots = slots
      self.cursor = cursor
    }

    /// Passes the oldest slot to `use` and gives it back afterwards, also when `use` throws.
    ///
    /// The slot is lent as `inout` because a borrowed one would be copied to the stack first: what
    /// `use` changes is lost.
    /// - Returns: false when the ring is empty; `use` was not called.
    package mutating func read<Failure: Error>(
      _ use: (inout PredictionSlot) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
      guard let index = cursor.claim() else { return false }
      defer { cursor.release() }
      // SAFETY: the cursor gave this slot to this thread alone until it is released.
      try unsafe use(&slots.slot(index).pointee)
      return true
    }
  }
}

/// The ring's slots, allocated once; the cursors agree who may touch which.
///
/// Concrete on purpose, like `RingCounters`: the compiler does not specialise generics over
/// non-copyable types, and ThreadSanitizer does not see races through unspecialised ones.
@safe
private final class PredictionSlots: @unchecked Sendable {
  // SAFETY: unchecked because the compiler cannot see that the cursors give each slot to one thread
  // at a time; the memory lives as long as this object, which both ends hold.
  private let start: UnsafeMutablePointer<PredictionSlot>
  private let capacity: Int

  init(capacity: Int) {
    unsafe start = .allocate(capacity: capacity)
    for index in 0..<capacity {
      // SAFETY: the memory of slot `index` was allocated above and is not yet initialized.
      unsafe (start + index).initialize(to: PredictionSlot())
    }
    self.capacity = capacity
  }

  deinit {
    // SAFETY: `init` initialized all slots and the last end is gone.
    unsafe start.deinitialize(count: capacity)
    unsafe start.deallocate()
  }

  /// The slot at `index`, which the caller has claimed.
  func slot(_ index: Int) -> UnsafeMutablePointer<PredictionSlot> {
    precondition(index >= 0 && index < capacity, "slot outside the ring")
    return unsafe start + index
  }
}
