import Int8Kernels

/// Places values in one piece of memory so that values that are never needed together share it.
struct Arena {
  /// Bytes needed so far; a multiple of the alignment.
  private(set) var byteCount = 0
  private let stepCount: Int
  private static let alignment = 64

  init(stepCount: Int) { self.stepCount = stepCount }

  /// Where each storage begins: the largest are placed first, each at the lowest free place.
  mutating func place(_ storages: [PlanBuilder.Storage]) -> [Int] {
    struct Placed {
      let bytes: Range<Int>
      let steps: ClosedRange<Int>
    }
    var offsets = [Int](repeating: 0, count: storages.count)
    var placed: [Placed] = []
    let order = storages.indices.sorted {
      (storages[$0].byteCount, $1) > (storages[$1].byteCount, $0)
    }
    for index in order {
      let storage = storages[index]
      // Kernels may read a little behind the end of a value, never write there.
      let wanted = storage.byteCount + Int(INT8_SLACK_BYTES)
      let size = (wanted + Self.alignment - 1) / Self.alignment * Self.alignment
      let steps = storage.isPinned ? 0...stepCount : storage.firstStep...storage.lastStep
      var offset = 0
      for other in placed where other.steps.overlaps(steps) {
        if other.bytes.lowerBound >= offset + size { break }
        offset = max(offset, other.bytes.upperBound)
      }
      offsets[index] = offset
      let new = Placed(bytes: offset..<offset + size, steps: steps)
      let position = placed.firstIndex { $0.bytes.lowerBound > offset } ?? placed.count
      placed.insert(new, at: position)
      byteCount = max(byteCount, offset + size)
    }
    return offsets
  }
}
