import NIOCore

/// The lines that wait for one client, bounded in number and bytes.
///
/// Numbers in the queue follow each other without a hole. On overflow the oldest lines go, and a
/// gap that names their numbers stands before the oldest line that is left.
struct ClientQueue {
  /// What the client is sent next.
  enum Item: Equatable {
    case line(ByteBuffer)
    case gap(ClosedRange<UInt64>)
  }

  private struct Line {
    var sequence: UInt64
    var bytes: ByteBuffer
  }

  /// How many lines this client has lost since it came.
  private(set) var droppedCount: UInt64 = 0
  private var lines = CircularBuffer<Line>()
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
  mutating func append(sequence: UInt64, _ bytes: ByteBuffer) -> Int {
    lines.append(Line(sequence: sequence, bytes: bytes))
    byteCount += bytes.readableBytes
    var dropped = 0
    while lines.count > linesMax || byteCount > bytesMax {
      let oldest = lines.removeFirst()
      byteCount -= oldest.bytes.readableBytes
      gap = (gap?.lowerBound ?? oldest.sequence)...oldest.sequence
      dropped += 1
    }
    droppedCount += UInt64(dropped)
    return dropped
  }

  /// Takes what the client is sent next, or nil when nothing waits.
  mutating func next() -> Item? {
    if let sequences = gap {
      gap = nil
      return .gap(sequences)
    }
    guard let line = lines.popFirst() else { return nil }
    byteCount -= line.bytes.readableBytes
    return .line(line.bytes)
  }
}
