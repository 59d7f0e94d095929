import Int8Kernels

/// Turns the steps of a plan into actions: copies their numbers to where they stay, packs weights,
/// and resolves addresses.
@safe
struct ActionAssembler {
  let plan: Plan
  let memory: MemoryPlan
  let instructions: Instructions
  let arena: AlignedMemory
  let constants: ConstantMemory
  let threads: Int

  /// The actions of one step: one, or one for each piece that is copied.
  func actions(ofStep index: Int) -> [Action] {
    let step = plan.steps[index]
    let output = unsafe bytes(step.destination.storage) + step.destination.offset
    let input = unsafe UnsafePointer(bytes(step.sources[0].storage))
    let scratch = unsafe arena.start + memory.scratchOffsets[index]
    switch step.work {
    case .convolve(let convolution):
      guard let choice = memory.choices[index] else { return unsafe [] }
      return unsafe [.convolve(call(convolution, choice, index, input, output))]
    case .convolveToFloat(let convolution, let relu):
      return unsafe [
        .convolveToFloat(
          described(convolution, step),
          relu: relu,
          input,
          floats(output),
          scratch: scratch
        )
      ]
    case .concatenate(let pieces):
      return unsafe zip(step.sources, pieces).map { source, piece in
        unsafe copy(piece, from: bytes(source.storage), to: output, of: step)
      }
    case .maxPool, .averagePool, .globalAveragePool:
      return unsafe [pooling(step, input, output, scratch)]
    default:
      return unsafe elementwise(step, input, output).map { unsafe [$0] } ?? []
    }
  }

  /// The action of a step that looks at each channel by itself.
  private func pooling(
    _ step: Step,
    _ input: UnsafePointer<UInt8>,
    _ output: UnsafeMutablePointer<UInt8>,
    _ scratch: UnsafeMutableRawPointer
  ) -> Action {
    switch step.work {
    case .maxPool(let pool):
      return unsafe .maxPool(window(pool, step), input, output)
    case .averagePool(let pool, let from, let to):
      return unsafe .averagePool(
        window(pool, step),
        from: from.parameters,
        to: to.parameters,
        input,
        output,
        sums: scratch.assumingMemoryBound(to: Float.self)
      )
    case .globalAveragePool(let pixels, let channels, let from, let to):
      return unsafe .globalAveragePool(
        pixels: pixels,
        channels: channels,
        from: from.parameters,
        to: to.parameters,
        input,
        output,
        sums: scratch.assumingMemoryBound(to: Int32.self)
      )
    default: preconditionFailure("only pools are pooled")
    }
  }

  /// The action of a step that treats elements or vectors one by one.
  private func elementwise(
    _ step: Step,
    _ input: UnsafePointer<UInt8>,
    _ output: UnsafeMutablePointer<UInt8>
  ) -> Action? {
    let count = plan.storages[step.destination.storage].elementCount
    switch step.work {
    case .add(let a, let b, let to, let relu):
      return unsafe .add(
        count: count,
        (a.parameters, b.parameters),
        to: to.parameters,
        relu: relu,
        (input, UnsafePointer(bytes(step.sources[1].storage))),
        output
      )
    case .softmax(let vectors, let exponentials, let to):
      let softmax = unsafe constants.store(
        int8_channel_softmax(exponentials: constants.store(exponentials), to: to.parameters)
      )
      return unsafe self.softmax(vectors, softmax, count, input, output)
    case .softmaxFloat(let vectors):
      return unsafe .softmaxFloat(
        outer: count / (vectors.length * vectors.inner),
        length: vectors.length,
        inner: vectors.inner,
        floats(UnsafeMutablePointer(mutating: input)),
        floats(output)
      )
    case .lookUp(let table):
      return unsafe .lookUp(count: count, table: constants.store(table), input, output)
    case .gather(let indices):
      return unsafe .gather(
        count: indices.count,
        indices: constants.store(indices),
        input,
        output
      )
    case .dequantize(let channels, let pixels, let from):
      return unsafe .dequantize(
        channels: channels,
        pixels: pixels,
        from.parameters,
        input,
        floats(output)
      )
    default: return nil
    }
  }

  private func softmax(
    _ vectors: SoftmaxVectors,
    _ softmax: UnsafePointer<int8_channel_softmax>,
    _ count: Int,
    _ input: UnsafePointer<UInt8>,
    _ output: UnsafeMutablePointer<UInt8>
  ) -> Action {
    let (length, inner) = (vectors.length, vectors.inner)
    let outer = count / (length * inner)
    guard inner == 1 else {
      return unsafe .softmax(
        outer: outer,
        length: length,
        inner: inner,
        softmax,
        input,
        output
      )
    }
    return unsafe .channelSoftmax(
      pixels: outer,
      channels: length,
      softmax,
      instructions.functions,
      input,
      output
    )
  }

  private func copy(
    _ piece: ConcatenatedPiece,
    from input: UnsafePointer<UInt8>,
    to output: UnsafeMutablePointer<UInt8>,
    of step: Step
  ) -> Action {
    unsafe .copyPieces(
      outer: plan.storages[step.destination.storage].elementCount / piece.pitch,
      length: piece.length,
      pitch: piece.pitch,
      table: piece.table.map { unsafe constants.store($0) },
      input,
      output + piece.offset
    )
  }
}

extension ActionAssembler {
  /// A convolution with its weights packed.
  private func call(
    _ convolution: PlannedConvolution,
    _ choice: KernelChoice,
    _ index: Int,
    _ input: UnsafePointer<UInt8>,
    _ output: UnsafeMutablePointer<UInt8>
  ) -> UnsafePointer<ConvolutionCall> {
    let packed = unsafe constants.take(choice.packedByteCount)
    unsafe convolution.withNumbers(of: choice.parameters) { filled in
      unsafe choice.kernel.pointee.pack(filled, packed)
    }
    let parameters = unsafe numbered(
      convolution,
      choice.parameters,
      readsWeights: choice.readsWeights
    )
    let call = unsafe ConvolutionCall(
      parameters: parameters,
      kernel: choice.kernel,
      packed: packed,
      input: input,
      image: choice.imageByteCount > 0 ? arena.start + memory.imageOffsets[index] : nil,
      output: output,
      scratch: arena.start + memory.scratchOffsets[index],
      scratchByteCount: Arena.padded(choice.scratchByteCount),
      partCount: choice.partCount,
      threadCount: memory.threadCount(choice, of: threads),
      isWorthWaking: choice.cycles >= MemoryPlan.wakingCycles
    )
    return unsafe constants.store(call)
  }

  /// A convolution whose output is floats.
  private func described(
    _ convolution: PlannedConvolution,
    _ step: Step
  ) -> UnsafePointer<int8_convolution> {
    let parameters = unsafe plan.parameters(of: convolution, step)
    return unsafe constants.store(numbered(convolution, parameters, readsWeights: true))
  }

  /// The description with pointers to numbers that stay.
  private func numbered(
    _ convolution: PlannedConvolution,
    _ parameters: int8_convolution,
    readsWeights: Bool
  ) -> int8_convolution {
    var own = unsafe parameters
    if readsWeights { unsafe own.weights = constants.store(convolution.weights) }
    unsafe own.bias = constants.store(convolution.bias)
    unsafe own.multipliers = constants.store(convolution.multipliers)
    if let softmax = convolution.softmax {
      unsafe own.softmax = constants.store(
        int8_channel_softmax(
          exponentials: constants.store(softmax.exponentials),
          to: softmax.to.parameters
        )
      )
    }
    return unsafe own
  }

  private func window(_ pool: PlannedPool, _ step: Step) -> UnsafePointer<int8_window> {
    let stored = plan.storedExtent(of: step.sources[0], image: pool.image)
    let output = plan.computedExtent(of: step, image: pool.output)
    return unsafe constants.store(
      int8_window(
        rows: Int32(stored.rows),
        columns: Int32(stored.columns),
        channels: Int32(pool.channels),
        kernel_rows: Int32(pool.window.kernel[0]),
        kernel_columns: Int32(pool.window.kernel[1]),
        stride_rows: Int32(pool.window.strides[0]),
        stride_columns: Int32(pool.window.strides[1]),
        pad_top: Int32(pool.window.pads[0]),
        pad_left: Int32(pool.window.pads[1]),
        output_rows: Int32(output.rows),
        output_columns: Int32(output.columns),
        output_pixel_bytes: Int32(step.destination.pixelByteCount ?? pool.channels),
        count_padding: pool.countsPadding
      )
    )
  }

  private func bytes(_ storage: Int) -> UnsafeMutablePointer<UInt8> {
    // SAFETY: the memory plan places every storage inside the arena.
    unsafe (arena.start + memory.storageOffsets[storage]).assumingMemoryBound(to: UInt8.self)
  }

  private func floats(_ bytes: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<Float> {
    // SAFETY: storages of floats begin at multiples of 64, and nobody reads them as bytes.
    unsafe UnsafeMutableRawPointer(bytes).assumingMemoryBound(to: Float.self)
  }
}
