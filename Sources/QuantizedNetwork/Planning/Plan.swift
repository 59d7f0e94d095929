/// A network as steps over storages.
///
/// Made from a graph with whole shapes; then each phase of planning changes it: what belongs
/// together is fused, concatenations vanish, and what cannot reach an output is cut off.
struct Plan {
  var inputs: [PlannedInput] = []
  var outputs: [PlannedTensor] = []
  var steps: [Step] = []
  var storages: [Storage] = []
  /// Bytes that are there from the start: stored operands.
  var preloaded: [(storage: Int, bytes: [UInt8])] = []

  /// How many steps and outputs read each storage.
  var readerCounts: [Int] {
    var counts = [Int](repeating: 0, count: storages.count)
    for step in steps {
      for source in step.sources { counts[source.storage] += 1 }
    }
    for output in outputs { counts[output.storage] += 1 }
    return counts
  }
}

/// The top left part of an image: that many rows and columns.
struct Extent: Equatable {
  var rows: Int
  var columns: Int

  static let none = Extent(rows: 0, columns: 0)
  var pixels: Int { rows * columns }

  /// The smallest part that holds both.
  func union(_ other: Extent) -> Extent {
    Extent(rows: max(rows, other.rows), columns: max(columns, other.columns))
  }
}

/// The memory of a value: pixels of so many elements each; what is not an image is one pixel.
struct Storage {
  /// The image as the graph has it.
  let whole: Extent
  let channels: Int
  let elementByteCount: Int
  /// Whether it is kept whole and during the whole run: inputs, outputs and stored operands.
  var isPinned: Bool
  /// The part that is kept.
  var stored: Extent
  /// The part that steps read; never more than is kept.
  var read = Extent.none

  init(whole: Extent, channels: Int, elementByteCount: Int, isPinned: Bool) {
    self.whole = whole
    self.channels = channels
    self.elementByteCount = elementByteCount
    self.isPinned = isPinned
    stored = whole
  }

  /// Whether a part of it may be enough.
  var isImage: Bool { whole.pixels > 1 }
  var elementCount: Int { stored.pixels * channels }
  var byteCount: Int { elementCount * elementByteCount }
}

/// How an input of the network is kept, and the quantizations that it is written to.
struct PlannedInput {
  struct Copy {
    let storage: Int
    let channels: Int
    let pixels: Int
    let quantization: Quantization
  }

  let shape: [Int]
  let floatStorage: Int
  let copies: [Copy]
}
