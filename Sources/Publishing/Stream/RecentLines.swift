import NIOCore

/// The lines that were published last, bounded in number and bytes.
///
/// They bridge what is not committed to the store yet. Numbers follow each other without a hole.
struct RecentLines {
  private var lines = CircularBuffer<NumberedLine>()
  private var byteCount = 0
  private let linesMax: Int
  private let bytesMax: Int

  init(linesMax: Int, bytesMax: Int) {
    precondition(linesMax > 0, "at least one line is remembered")
    precondition(bytesMax > 0, "at least one byte is remembered")
    (self.linesMax, self.bytesMax) = (linesMax, bytesMax)
  }

  /// The oldest number that is remembered.
  var first: UInt64? { lines.first?.sequence }

  /// The line of number `sequence`, or nil when it is not remembered.
  subscript(sequence: UInt64) -> NumberedLine? {
    guard let first, sequence >= first else { return nil }
    let offset = sequence - first
    guard offset < UInt64(lines.count) else { return nil }
    return lines[lines.index(lines.startIndex, offsetBy: Int(offset))]
  }

  /// Adds the newest line and forgets as many of the oldest as the limits demand.
  mutating func append(_ line: NumberedLine) {
    if let last = lines.last {
      precondition(line.sequence == last.sequence + 1, "numbers are taken one after the other")
    }
    lines.append(line)
    byteCount += line.buffer.readableBytes
    while lines.count > linesMax || byteCount > bytesMax {
      byteCount -= lines.removeFirst().buffer.readableBytes
    }
  }

  /// Puts a gap in the place of each line of a sample that was deleted.
  mutating func forget(sampleId: String) {
    for index in lines.indices where lines[index].sampleId == sampleId {
      let sequence = lines[index].sequence
      byteCount -= lines[index].buffer.readableBytes
      lines[index] = .gap(sequence, reason: .deleted)
      byteCount += lines[index].buffer.readableBytes
    }
  }

  /// Forgets everything: numbers count anew.
  mutating func removeAll() {
    lines.removeAll()
    byteCount = 0
  }
}

/// What can be had of the stream now.
struct StreamReach {
  /// The lines that are remembered.
  let recent: RecentLines
  /// The last number that was given out; 0 before the first.
  let newest: UInt64
  /// The oldest number that is stored.
  let oldest: UInt64

  /// The oldest number that is remembered; the next one when none is.
  var firstRecent: UInt64 { recent.first ?? newest + 1 }
}
