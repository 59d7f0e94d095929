import Int8Kernels

extension Network {
  /// Computes every output from the inputs that were written last; never allocates.
  package func run() {
    for index in plan.steps.indices { run(plan.steps[index]) }
  }

  /// Runs one step.
  ///
  /// SAFETY: here and in the functions below, the planner gave every storage the size that its
  /// step needs, and placed storages that are needed at the same time apart.
  private func run(_ step: Step) {
    let input = unsafe bytes(step.sources[0])
    let output = unsafe bytes(step.destination)
    switch step.work {
    case .dequantize(let channels, let pixels, let from):
      unsafe int8_dequantize(
        channels,
        pixels,
        from.parameters,
        input,
        floats(step.destination)
      )
    case .convolve(let convolution):
      unsafe convolution.run(input: input, output: output, scratch: scratch)
    case .convolveToFloat(let convolution, let relu):
      unsafe convolution.runToFloat(
        relu: relu,
        input: input,
        output: floats(step.destination),
        scratch: scratch
      )
    case .maxPool(var window):
      unsafe int8_max_pool(&window, input, output)
    case .averagePool(var window, let from, let to):
      unsafe int8_average_pool(
        &window,
        from.parameters,
        to.parameters,
        input,
        output,
        scratch.assumingMemoryBound(to: Float.self)
      )
    case .globalAveragePool(let pixels, let channels, let from, let to):
      unsafe int8_global_average_pool(
        pixels,
        channels,
        from.parameters,
        to.parameters,
        input,
        output,
        scratch.assumingMemoryBound(to: Int32.self)
      )
    default:
      unsafe runElementwise(step, input: input, output: output)
    }
  }

  /// Runs a step that treats elements or vectors one by one.
  ///
  /// SAFETY: as above.
  private func runElementwise(
    _ step: Step,
    input: UnsafeMutablePointer<UInt8>,
    output: UnsafeMutablePointer<UInt8>
  ) {
    switch step.work {
    case .add(let count, let a, let b, let to, let relu):
      unsafe int8_add(
        count,
        a.parameters,
        b.parameters,
        to.parameters,
        relu,
        input,
        bytes(step.sources[1]),
        output
      )
    case .softmax(let vectors, let exponentials, let to):
      unsafe exponentials.withUnsafeBufferPointer { table in
        unsafe int8_softmax(
          vectors.outer,
          vectors.length,
          vectors.inner,
          table.baseAddress,
          to.parameters,
          input,
          output
        )
      }
    case .softmaxFloat(let vectors):
      unsafe int8_softmax_float(
        vectors.outer,
        vectors.length,
        vectors.inner,
        floats(step.sources[0]),
        floats(step.destination)
      )
    case .lookUp(let table, let count):
      unsafe table.withUnsafeBufferPointer { table in
        unsafe int8_look_up(count, table.baseAddress, input, output)
      }
    case .gather(let indices):
      unsafe indices.withUnsafeBufferPointer { indices in
        unsafe int8_gather(indices.count, indices.baseAddress, input, output)
      }
    case .concatenate(let pieces):
      for (source, piece) in zip(step.sources, pieces) {
        unsafe piece.table.withUnsafeBufferPointer { table in
          unsafe int8_copy_pieces(
            piece.outer,
            piece.length,
            piece.pitch,
            table.baseAddress,
            bytes(source),
            output + piece.offset
          )
        }
      }
    default: break
    }
  }

  /// The kernels' working memory.
  ///
  /// SAFETY: the plan reserves as much behind the values as any step needs.
  private var scratch: UnsafeMutableRawPointer { unsafe arena.start + plan.scratchOffset }
}
