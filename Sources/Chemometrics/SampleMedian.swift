/// The running median of a sample: one median per channel over the scans added so far.
///
/// The channels are the window's wavelengths, the temperature and the humidity. Row r holds each
/// channel's r-th smallest value. A new scan trickles through the rows, leaving the smaller value
/// and carrying the larger on: n·channels comparisons without a branch, which the compiler turns
/// into vector instructions. Rows are touched only when scans reach them.
@safe
package struct SampleMedian: ~Copyable {
  /// How many values each scan has.
  package let channels: Int
  /// How many scans can be added.
  package let capacity: Int
  /// How many scans have been added.
  package private(set) var count = 0

  /// `capacity` rows, of which the first `count` are initialized, and one row to carry values in.
  private let rows: UnsafeMutablePointer<Double>
  private let carried: UnsafeMutablePointer<Double>

  /// Reserves address space for `capacity` scans of `channels` values.
  package init(channels: Int, capacity: Int) {
    precondition(channels > 0, "a scan has at least one value")
    precondition(capacity > 0, "a sample has at least one scan")
    self.channels = channels
    self.capacity = capacity
    unsafe rows = .allocate(capacity: capacity * channels)
    unsafe carried = .allocate(capacity: channels)
    unsafe carried.initialize(repeating: 0, count: channels)
  }

  deinit {
    unsafe rows.deallocate()
    unsafe carried.deallocate()
  }

  /// Whether no further scan can be added.
  package var isFull: Bool { count == capacity }

  /// Adds one scan, one value per channel, none of them NaN; the sample must not be full.
  package mutating func add(_ values: Span<Double>) {
    precondition(values.count == channels, "one value per channel")
    precondition(count < capacity, "the sample is full")
    for channel in 0..<channels {
      precondition(!values[channel].isNaN, "a median of NaN has no meaning")
      unsafe carried[channel] = values[channel]
    }
    for row in 0..<count {
      // SAFETY: row < count <= capacity, so the row's `channels` elements are initialized.
      let kept = unsafe rows + row * channels
      for channel in 0..<channels {
        let (old, new) = unsafe (kept[channel], carried[channel])
        unsafe kept[channel] = new < old ? new : old
        unsafe carried[channel] = new < old ? old : new
      }
    }
    // SAFETY: count < capacity, so the row is inside the allocation.
    unsafe (rows + count * channels).initialize(from: carried, count: channels)
    count += 1
  }

  /// Writes the median of each channel; the mean of the middle two when the count is even.
  ///
  /// At least one scan must have been added.
  package func write(into medians: inout MutableSpan<Double>) {
    precondition(medians.count == channels, "one element per channel")
    precondition(count > 0, "an empty sample has no median")
    // SAFETY: both rows are below `count` and so initialized.
    let (lower, upper) = unsafe (
      rows + (count - 1) / 2 * channels, rows + count / 2 * channels
    )
    for channel in 0..<channels {
      medians[channel] = unsafe (lower[channel] + upper[channel]) * 0.5
    }
  }

  /// Forgets all scans.
  package mutating func removeAll() { count = 0 }
}

// SAFETY: the memory is owned by exactly one value and holds plain numbers.
extension SampleMedian: @unchecked Sendable {}
