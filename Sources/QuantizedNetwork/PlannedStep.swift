/// One step of a network's plan: what is computed, how, and what that takes.
package struct PlannedStep: Equatable, Sendable {
  /// The name of the first node that the step does.
  package let node: String
  /// The operators that the step does at once, in the graph's words.
  package let operators: [String]
  /// The shape of the first operand as the graph has it.
  package let inputShape: [Int]
  /// The shape of the result as the graph has it.
  package let outputShape: [Int]
  /// The part of the result that is computed: fewer rows and columns where the rest cannot reach
  /// an output of the network.
  package let computedShape: [Int]
  /// How a convolution or a matrix product is run; nil for other steps, and where the result is
  /// floats.
  package let method: ConvolutionMethod?
  /// Whether the result is written straight into a concatenation.
  package let isPartOfConcatenation: Bool
  /// The multiplications that the graph means, 0 for steps that are not convolutions.
  package let wholeMultiplications: Int
  /// Those of the part that is computed; Winograd's method needs fewer to the same end.
  package let multiplications: Int
  /// Bytes of the weights as the kernel wants them.
  package let weightByteCount: Int
  /// Bytes that the step writes: its part of the activations.
  package let activationByteCount: Int
}

extension Plan {
  /// What each step does, for people.
  func explanation(_ memory: MemoryPlan) -> [PlannedStep] {
    zip(steps, memory.choices).map { step, choice in
      let computed = computedShape(of: step)
      let counts = multiplications(of: step)
      let elements = computed.reduce(1, *)
      return PlannedStep(
        node: step.node,
        operators: step.operators,
        inputShape: step.inputShape,
        outputShape: step.outputShape,
        computedShape: computed,
        method: choice?.method,
        isPartOfConcatenation: step.destination.isPart,
        wholeMultiplications: counts.whole,
        multiplications: counts.computed,
        weightByteCount: weightByteCount(of: step, choice),
        activationByteCount: elements * storages[step.destination.storage].elementByteCount
      )
    }
  }

  private func computedShape(of step: Step) -> [Int] {
    var shape = step.outputShape
    let image = storages[step.destination.storage]
    let isShrunk = image.stored != image.whole
    guard isShrunk, shape.count == 4 else { return shape }
    (shape[2], shape[3]) = (image.stored.rows, image.stored.columns)
    return shape
  }

  private func multiplications(of step: Step) -> (whole: Int, computed: Int) {
    switch step.work {
    case .convolve(let convolution), .convolveToFloat(let convolution, _):
      let whole = convolution.window.output[0] * convolution.window.output[1]
      let computed = computedExtent(of: step, image: convolution.output)
      return (
        whole * convolution.weights.count, convolution.multiplications(for: computed)
      )
    default: return (0, 0)
    }
  }

  private func weightByteCount(of step: Step, _ choice: KernelChoice?) -> Int {
    switch step.work {
    case .convolve(let convolution):
      guard let choice, !choice.readsWeights else { return convolution.weights.count }
      return choice.packedByteCount
    case .convolveToFloat(let convolution, _): return convolution.weights.count
    default: return 0
    }
  }
}
