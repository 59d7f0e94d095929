/// The running median of a sample: one median per channel over the scans added so far.
///
/// The channels are the window's wavelengths, the temperature and the humidity. Row r holds each
/// channel's r-th smallest value. A new scan trickles through the rows, leaving the smaller value
/// and carrying the larger on: n·channels comparisons without a branch, of eight channels at a
/// time, whose carried values never leave the registers. Rows are touched only when scans reach
/// them.
@safe
package struct SampleMedian: ~Copyable {
  /// How many values each scan has.
  package let channels: Int
  /// How many scans can be added.
  package let capacity: Int
  /// How many scans have been added.
  package private(set) var count = 0

  /// `capacity` rows of `width` vectors, of which the first `count` rows are initialized.
  private let rows: UnsafeMutablePointer<SIMD8<Double>>
  /// Vectors in a row; the last one's surplus channels hold zeros.
  private let width: Int

  /// Reserves address space for `capacity` scans of `channels` values.
  package init(channels: Int, capacity: Int) {
    precondition(channels > 0, "a scan has at least one value")
    precondition(capacity > 0, "a sample has at least one scan")
    self.channels = channels
    self.capacity = capacity
    width = (channels + 7) / 8
    unsafe rows = .allocate(capacity: capacity * width)
  }

  deinit { unsafe rows.deallocate() }

  /// Whether no further scan can be added.
  package var isFull: Bool { count == capacity }

  /// Adds one scan, one value per channel, none of them NaN; the sample must not be full.
  package mutating func add(_ values: Span<Double>) {
    precondition(values.count == channels, "one value per channel")
    precondition(count < capacity, "the sample is full")
    for place in 0..<width {
      var carried = SampleMedian.vector(of: values, at: 8 * place)
      precondition(all(carried .== carried), "a median of NaN has no meaning")
      for row in 0..<count {
        // SAFETY: row < count <= capacity and place < width, so the vector is initialized.
        let kept = unsafe rows[row &* width &+ place]
        let isSmaller = carried .< kept
        // SAFETY: as above.
        unsafe rows[row &* width &+ place] = kept.replacing(with: carried, where: isSmaller)
        carried = carried.replacing(with: kept, where: isSmaller)
      }
      // SAFETY: count < capacity, so the vector is inside the allocation.
      unsafe (rows + count * width + place).initialize(to: carried)
    }
    count += 1
  }

  /// Writes the median of each channel; the mean of the middle two when the count is even.
  ///
  /// At least one scan must have been added.
  package func write(into medians: inout MutableSpan<Double>) {
    precondition(medians.count == channels, "one element per channel")
    precondition(count > 0, "an empty sample has no median")
    for place in 0..<width {
      // SAFETY: both rows are below `count` and so initialized.
      let (lower, upper) = unsafe (
        rows[(count - 1) / 2 * width + place], rows[count / 2 * width + place]
      )
      let middle = (lower + upper) * 0.5
      for channel in 0..<min(8, channels - 8 * place) {
        medians[8 * place + channel] = middle[channel]
      }
    }
  }

  /// Forgets all scans.
  package mutating func removeAll() { count = 0 }

  /// Eight values from `start` on, zeros behind the last.
  @inline(__always)
  private static func vector(of values: Span<Double>, at start: Int) -> SIMD8<Double> {
    var vector = SIMD8<Double>()
    for channel in 0..<min(8, values.count - start) { vector[channel] = values[start + channel] }
    return vector
  }
}

// SAFETY: the memory is owned by exactly one value and holds plain numbers.
extension SampleMedian: @unchecked Sendable {}
