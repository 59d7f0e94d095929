import Int8Kernels

/// Places values in one piece of memory so that values that are never needed together share it.
struct Arena {
  /// A value's bytes and the steps between which they must be kept.
  struct Request {
    let byteCount: Int
    let steps: ClosedRange<Int>
  }

  /// Bytes needed so far; a multiple of the alignment.
  private(set) var byteCount = 0

  /// `byteCount` and what kernels may read behind it, up to the next multiple of the alignment.
  static func padded(_ byteCount: Int) -> Int { (byteCount + Int(INT8_SLACK_BYTES) + 63) / 64 * 64 }

  /// Where each value begins: the largest are placed first, each at the lowest free place.
  mutating func place(_ requests: [Request]) -> [Int] {
    var offsets = [Int](repeating: 0, count: requests.count)
    var placed: [(bytes: Range<Int>, steps: ClosedRange<Int>)] = []
    let order = requests.indices.sorted {
      (requests[$0].byteCount, $1) > (requests[$1].byteCount, $0)
    }
    for index in order where requests[index].byteCount > 0 {
      let size = Self.padded(requests[index].byteCount)
      let steps = requests[index].steps
      var offset = 0
      for other in placed where other.steps.overlaps(steps) {
        if other.bytes.lowerBound >= offset + size { break }
        offset = max(offset, other.bytes.upperBound)
      }
      offsets[index] = offset
      let position = placed.firstIndex { $0.bytes.lowerBound > offset } ?? placed.count
      placed.insert((bytes: offset..<offset + size, steps: steps), at: position)
      byteCount = max(byteCount, offset + size)
    }
    return offsets
  }
}
