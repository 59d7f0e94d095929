import NIOCore

/// The lines that wait for one client, bounded in number and bytes.
///
/// Numbers rise; between them are only those that the client does not want. On overflow the oldest
/// lines go, and a gap from the first to the last of them stands before the oldest that is left.
struct LineQueue {
  /// How many lines this client has lost since it came.
  private(set) var droppedCount = 0
  private var lines = CircularBuffer<NumberedLine>()
  private var byteCount = 0
  /// Numbers dropped since the last `next`; they precede the first of `lines`.
  private var gap: ClosedRange<UInt64>?
  private let linesMax: Int
  private let bytesMax: Int

  init(linesMax: Int, bytesMax: Int) {
    precondition(linesMax > 0, "a client's queue holds at least one line")
    precondition(bytesMax > 0, "a client's queue holds at least one byte")
    (self.linesMax, self.bytesMax) = (linesMax, bytesMax)
  }

  var isEmpty: Bool { lines.isEmpty && gap == nil }

  /// Adds a line and drops as many of the oldest as the limits demand.
  ///
  /// - Returns: how many were dropped.
  mutating func append(_ line: NumberedLine) -> Int {
    lines.append(line)
    byteCount += line.buffer.readableBytes
    var dropped = 0
    while lines.count > linesMax || byteCount > bytesMax {
      let oldest = lines.removeFirst()
      byteCount -= oldest.buffer.readableBytes
      gap = (gap?.lowerBound ?? oldest.sequence)...oldest.sequence
      dropped += 1
    }
    droppedCount += dropped
    return dropped
  }

  /// Takes what the client is sent next, or nil when nothing waits.
  mutating func next() -> StreamObject? {
    if let sequences = gap {
      gap = nil
      return StreamObject(.gap, StreamLines.gap(sequences, reason: .slowClient))
    }
    guard let line = lines.popFirst() else { return nil }
    byteCount -= line.buffer.readableBytes
    return line.object
  }

  /// Throws away what waits.
  mutating func removeAll() {
    lines.removeAll()
    (byteCount, gap) = (0, nil)
  }
}
