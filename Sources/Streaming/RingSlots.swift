/// The slots of one ring, allocated once; the ring's ends agree by `RingCounters` who may touch
/// which.
///
/// Generic, but without an atomic or a branch: only an address is computed here.
@safe
final class RingSlots<Slot: ~Copyable & Sendable>: @unchecked Sendable {
  // SAFETY: unchecked because the compiler cannot see that the counters give each slot to one
  // thread at a time; the memory lives as long as this object, which both ends hold.
  private let start: UnsafeMutablePointer<Slot>
  private let capacity: Int

  init(capacity: Int, makeSlot: () -> Slot) {
    unsafe start = .allocate(capacity: capacity)
    for index in 0..<capacity {
      // SAFETY: the memory of slot `index` was allocated above and is not yet initialized.
      unsafe (start + index).initialize(to: makeSlot())
    }
    self.capacity = capacity
  }

  deinit {
    // SAFETY: `init` initialized all slots and the last end is gone.
    unsafe start.deinitialize(count: capacity)
    unsafe start.deallocate()
  }

  /// Lends a slot that the caller has claimed for writing.
  func modify<Failure: Error>(
    _ index: Int,
    _ fill: (inout Slot) throws(Failure) -> Void
  ) throws(Failure) {
    precondition(index >= 0 && index < capacity, "slot outside the ring")
    // SAFETY: `index` is inside, and only the thread that claimed it touches the slot.
    try unsafe fill(&start[index])
  }

  /// Lends a slot that the caller has claimed for reading.
  func look<Failure: Error>(
    _ index: Int,
    _ use: (borrowing Slot) throws(Failure) -> Void
  ) throws(Failure) {
    precondition(index >= 0 && index < capacity, "slot outside the ring")
    // SAFETY: `index` is inside, and only the thread that claimed it touches the slot.
    try unsafe use(start[index])
  }
}
