import Int8Kernels

/// How each step of a plan is run and where everything lies: the last phase of planning.
struct MemoryPlan {
  /// For each step, the way of its convolution.
  private(set) var choices: [KernelChoice?] = []
  /// Where each storage begins in the arena.
  private(set) var storageOffsets: [Int] = []
  /// Where each step's prepared image and working memory begin in the arena.
  private(set) var imageOffsets: [Int] = []
  private(set) var scratchOffsets: [Int] = []
  private(set) var arenaByteCount = 0
  /// Packed weights, tables and everything else that does not change.
  private(set) var constantByteCount = 0

  /// Cycles of a convolution below which sharing it costs more than it brings.
  private static let sharedCycles = 20_000.0
  /// Cycles of a convolution for which sleeping threads are woken, which takes one of them longer.
  static let wakingCycles = 150_000.0

  /// Chooses kernels and places memory for `plan`.
  init(
    _ plan: Plan,
    _ instructions: Instructions,
    method: ConvolutionMethod?,
    threads: Int
  ) throws(NetworkError) {
    for step in plan.steps {
      guard case .convolve(let convolution) = step.work else {
        choices.append(nil)
        continue
      }
      let parameters = unsafe plan.parameters(of: convolution, step)
      choices.append(unsafe instructions.choose(for: convolution, parameters, method: method))
    }
    for step in plan.steps { precondition(plan.hasRoom(for: step), "\(step.node) has no room") }
    placeArena(plan, threads: threads)
    for (step, choice) in zip(plan.steps, choices) {
      constantByteCount += step.constantByteCount(choice)
    }
    let found = arenaByteCount + constantByteCount
    guard found <= NetworkLimits.plannedBytes else {
      throw .graph(
        .tooLarge(
          what: "bytes of activations and weights",
          found: found,
          limit: NetworkLimits.plannedBytes
        )
      )
    }
  }

  /// How many of `threads` share a convolution: all of them or none but the caller's.
  func threadCount(_ choice: KernelChoice, of threads: Int) -> Int {
    choice.cycles < Self.sharedCycles || choice.partCount < 2 ? 1 : threads
  }

  private mutating func placeArena(_ plan: Plan, threads: Int) {
    var requests = zip(plan.storages, plan.lifetimes).map { storage, steps in
      Arena.Request(byteCount: storage.byteCount, steps: steps)
    }
    for (index, step) in plan.steps.enumerated() {
      let choice = choices[index]
      let scratch =
        if let choice {
          Arena.padded(choice.scratchByteCount) * threadCount(choice, of: threads)
        } else {
          step.scratchByteCount(plan)
        }
      let steps = index...index
      requests.append(Arena.Request(byteCount: choice?.imageByteCount ?? 0, steps: steps))
      requests.append(Arena.Request(byteCount: scratch, steps: steps))
    }
    var arena = Arena()
    let offsets = arena.place(requests)
    arenaByteCount = arena.byteCount
    let count = plan.storages.count
    storageOffsets = Array(offsets[..<count])
    imageOffsets = stride(from: count, to: offsets.count, by: 2).map { offsets[$0] }
    scratchOffsets = stride(from: count + 1, to: offsets.count, by: 2).map { offsets[$0] }
  }
}

extension Plan {
  /// The kernels' description of a step's convolution in its region, without pointers.
  func parameters(of convolution: PlannedConvolution, _ step: Step) -> int8_convolution {
    unsafe convolution.parameters(
      stored: storedExtent(of: step.sources[0], image: convolution.image),
      output: computedExtent(of: step, image: convolution.output),
      pixelByteCount: step.destination.pixelByteCount
    )
  }

  /// For each storage, the steps between which it must be kept.
  fileprivate var lifetimes: [ClosedRange<Int>] {
    let all = 0...max(0, steps.count)
    var lifetimes: [ClosedRange<Int>?] = storages.map { $0.isPinned ? all : nil }
    for (index, step) in steps.enumerated() {
      for storage in step.sources.map(\.storage) + [step.destination.storage] {
        let known = lifetimes[storage] ?? index...index
        lifetimes[storage] = known.lowerBound...max(known.upperBound, index)
      }
    }
    return lifetimes.map { $0 ?? 0...0 }
  }
}

extension Step {
  /// Working memory of a step that is not a convolution to bytes.
  fileprivate func scratchByteCount(_ plan: Plan) -> Int {
    switch work {
    case .convolveToFloat(let convolution, _):
      let parameters = unsafe plan.parameters(of: convolution, self)
      let rows = unsafe parameters.rows + parameters.pad_top + parameters.pad_bottom
      let columns = unsafe parameters.columns + parameters.pad_left + parameters.pad_right
      return Int(rows) * Int(columns) * convolution.channels
    case .averagePool(let pool, _, _): return pool.channels * 4
    case .globalAveragePool(_, let channels, _, _): return channels * 4
    default: return 0
    }
  }

  /// What the step's numbers take in a `ConstantMemory`.
  fileprivate func constantByteCount(_ choice: KernelChoice?) -> Int {
    func bytes<Element>(_ count: Int, _ type: Element.Type) -> Int {
      ConstantMemory.byteCount(count, of: type)
    }
    switch work {
    case .convolve(let convolution):
      let weights = choice?.readsWeights == true ? convolution.weights.count : 0
      let softmax = convolution.softmax == nil ? 0 : Self.softmaxByteCount
      return Arena.padded(choice?.packedByteCount ?? 0) + bytes(weights, Int8.self)
        + bytes(convolution.outputChannels, Int32.self) * 2 + softmax
        + (unsafe bytes(1, ConvolutionCall.self))
    case .convolveToFloat(let convolution, _):
      return bytes(convolution.weights.count, Int8.self)
        + bytes(convolution.outputChannels, Int32.self) * 2
        + (unsafe bytes(1, int8_convolution.self))
    case .maxPool, .averagePool: return bytes(1, int8_window.self)
    case .softmax: return Self.softmaxByteCount
    case .lookUp(let table): return bytes(table.count, UInt8.self)
    case .gather(let indices): return bytes(indices.count, Int32.self)
    case .concatenate(let pieces):
      return pieces.reduce(0) { $0 + bytes($1.table?.count ?? 0, UInt8.self) }
    case .dequantize, .globalAveragePool, .add, .softmaxFloat: return 0
    }
  }

  private static var softmaxByteCount: Int {
    ConstantMemory.byteCount(256, of: Float.self)
      + (unsafe ConstantMemory.byteCount(1, of: int8_channel_softmax.self))
  }
}

extension Plan {
  /// Whether the image that a convolution or a pool writes ends within its destination.
  fileprivate func hasRoom(for step: Step) -> Bool {
    guard let image = step.writtenImage else { return true }
    let pixels = computedExtent(of: step, image: image.extent).pixels
    let pixelByteCount = step.destination.pixelByteCount ?? image.channels
    let end = step.destination.offset + (pixels - 1) * pixelByteCount + image.channels
    return end <= storages[step.destination.storage].byteCount
  }
}
