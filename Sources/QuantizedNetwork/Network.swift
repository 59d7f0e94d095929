import Int8Kernels
import Spectra

/// A quantized neural network: planned once from an ONNX file, run many times without allocating.
///
/// One thread owns a network: nothing in it is protected against a second one. Write every input,
/// run, read the outputs; an input that is not written again keeps its value.
@safe
package final class Network {
  /// What the network reads, in the file's order.
  package let inputs: [NetworkTensor]
  /// What the network computes, in the file's order.
  package let outputs: [NetworkTensor]
  /// The instruction set that convolutions run on.
  package let instructionSet: InstructionSet

  /// What a run does, step by step.
  package let explanation: [PlannedStep]
  /// Bytes of packed weights, tables and everything else that does not change from run to run.
  package let constantByteCount: Int

  private let plannedInputs: [PlannedInput]
  private let outputStorages: [Int]
  /// The part of each input's bytes that the network reads.
  private let readExtents: [Extent]
  private let instructions: Instructions
  private let program: Program

  /// Reads a QDQ int8 ONNX file and plans its execution; all memory is taken here.
  ///
  /// `instructionSet` must be one of `InstructionSet.available`; the fastest is taken where none
  /// is given. `method` is used for every convolution that it suits; where none is given, the
  /// fastest is. The threads of `team` share the work of a run; without one it is the caller's.
  /// Whatever is chosen gives the same bytes.
  ///
  /// - Throws: `NetworkError`, which names the node that is damaged or not supported.
  package init(
    onnx bytes: [UInt8],
    instructionSet: InstructionSet = .fastest,
    method: ConvolutionMethod? = nil,
    team: WorkerTeam? = nil
  ) throws(NetworkError) {
    guard let instructions = Instructions(instructionSet) else {
      preconditionFailure("this processor lacks \(instructionSet)")
    }
    let graph = try ONNXGraph(onnx: bytes)
    var plan = try PlanBuilder.plan(graph)
    plan.fuse()
    plan.joinConcatenations()
    plan.shrinkToRegions()
    let memory = try MemoryPlan(plan, instructions, method: method, threads: team?.threadCount ?? 1)
    program = Program(plan, memory, instructions, team: team)
    inputs = graph.inputs.map { NetworkTensor(name: $0.name, shape: $0.shape) }
    outputs = zip(graph.outputs, plan.outputs).map {
      NetworkTensor(name: $0.name, shape: $1.shape)
    }
    plannedInputs = plan.inputs
    outputStorages = plan.outputs.map(\.storage)
    readExtents = plan.inputs.map { input in
      input.copies.reduce(.none) { $0.union(plan.storages[$1.storage].read) }
    }
    explanation = plan.explanation(memory)
    constantByteCount = memory.constantByteCount
    self.instructionSet = instructionSet
    self.instructions = instructions
    for index in plannedInputs.indices { quantizeInput(index) }
  }

  /// Computes every output from the inputs that were written last; never allocates.
  package func run() { program.run() }

  /// Bytes of the memory that holds all activations.
  package var arenaByteCount: Int { program.arena.byteCount }

  /// How input `index` is kept, or nil where its quantized bytes cannot be written directly.
  ///
  /// They can where the input feeds exactly one quantization.
  package func quantizedLayout(ofInput index: Int) -> QuantizedLayout? {
    let input = plannedInputs[index]
    guard input.copies.count == 1, let copy = input.copies.first else { return nil }
    let isImage = input.shape.count == 4
    let (channels, pixels) = (copy.channels, copy.pixels)
    let columns = isImage ? input.shape[3] : 1
    return QuantizedLayout(
      scale: copy.quantization.scale,
      zeroPoint: copy.quantization.zeroPoint,
      isSigned: copy.quantization.isSigned,
      channels: channels,
      rows: pixels / columns,
      columns: columns,
      readRows: isImage ? readExtents[index].rows : 1,
      readColumns: isImage ? readExtents[index].columns : 1,
      channelStride: 1,
      rowStride: columns * channels,
      columnStride: channels,
      byteCount: channels * pixels
    )
  }

  /// Lends the elements of input `index` in the file's order to `fill`, which writes them all.
  ///
  /// They are quantized as the file says when `fill` is done.
  package func writeInput(_ index: Int, _ fill: (inout MutableSpan<Float>) -> Void) {
    let input = plannedInputs[index]
    // SAFETY: the storage has this many floats, aligned, and belongs to this input alone.
    let start = unsafe program.floats(input.floatStorage)
    let count = inputs[index].elementCount
    var elements = unsafe MutableSpan(_unsafeStart: start, count: count)
    fill(&elements)
    quantizeInput(index)
  }

  /// Lends the bytes of input `index` in its `quantizedLayout` to `fill`, which writes them all, or
  /// at least the rows and columns that the layout says are read.
  ///
  /// Traps where the input has no such layout.
  package func writeQuantizedInput(
    _ index: Int,
    _ fill: (inout MutableSpan<UInt8>) -> Void
  ) {
    let input = plannedInputs[index]
    precondition(input.copies.count == 1, "this input feeds more than one quantization")
    let copy = input.copies[0]
    let count = copy.channels * copy.pixels
    // SAFETY: the storage has this many bytes and belongs to this input alone.
    let start = unsafe program.bytes(copy.storage)
    var elements = unsafe MutableSpan(_unsafeStart: start, count: count)
    fill(&elements)
    guard copy.quantization.isSigned else { return }
    for position in elements.indices { elements[position] ^= 0x80 }
  }

  /// Lends the elements of output `index`, in the file's order, as the last run left them.
  package func readOutput<Result>(_ index: Int, _ use: (Span<Float>) -> Result) -> Result {
    // SAFETY: the storage has this many floats, aligned, and nothing writes it before `use` ends.
    let start = unsafe UnsafePointer(program.floats(outputStorages[index]))
    return use(unsafe Span(_unsafeStart: start, count: outputs[index].elementCount))
  }

  private func quantizeInput(_ index: Int) {
    let input = plannedInputs[index]
    for copy in input.copies {
      // SAFETY: both storages have the sizes of the input's shape.
      unsafe instructions.functions.pointee.quantize(
        copy.channels,
        copy.pixels,
        copy.quantization.parameters,
        program.floats(input.floatStorage),
        program.bytes(copy.storage)
      )
    }
  }
}
