import Int8Kernels
import Spectra

/// Turns a graph into a plan, node by node in the file's order.
///
/// A float operator between quantized values is not run where it stands: it waits as a
/// `PendingOperation` until the quantization behind it says what its output's bytes mean, and both
/// become one step. Operators that only move or choose values work on the bytes at once.
struct PlanBuilder {
  /// What a name of the graph stands for.
  enum Value {
    case input(Int)
    case stored(StoredTensor)
    case storedReal(StoredTensor, StoredScales)
    /// The bytes that QuantizeLinear gives.
    case bytes(PlannedTensor)
    /// Real numbers, kept as floats or as bytes with their quantization.
    case reals(PlannedTensor)
    case pending(PendingOperation)
  }

  /// The memory of one or more values, and the steps between which it must be kept.
  struct Storage {
    let byteCount: Int
    let firstStep: Int
    var lastStep: Int
    var isPinned: Bool
  }

  let graph: ONNXGraph
  let instructions: Instructions
  var values: [String: Value] = [:]
  var steps: [Step] = []
  var storages: [Storage] = []
  var preloaded: [(storage: Int, bytes: [UInt8])] = []
  var inputs: [PlannedInput] = []
  private var plannedByteCount = 0
  private var multiplications = 0
  var scratchByteCount = 0

  /// Plans `graph` for an instruction set.
  static func plan(
    _ graph: ONNXGraph,
    instructions: Instructions
  ) throws(NetworkError) -> Plan {
    var builder = PlanBuilder(graph: graph, instructions: instructions)
    try builder.addInputs()
    for node in graph.nodes { try builder.add(node) }
    let outputs = try builder.addOutputs()
    return builder.finish(outputs: outputs)
  }

  private init(graph: ONNXGraph, instructions: Instructions) {
    self.graph = graph
    self.instructions = instructions
    for (name, tensor) in graph.stored { values[name] = .stored(tensor) }
  }

  private mutating func addInputs() throws(NetworkError) {
    for (index, port) in graph.inputs.enumerated() {
      let count = port.shape.reduce(1, *)
      let storage = try addStorage(byteCount: count * 4, isPinned: true)
      inputs.append(PlannedInput(shape: port.shape, floatStorage: storage, copies: []))
      values[port.name] = .input(index)
    }
  }

  private mutating func addOutputs() throws(NetworkError) -> [PlannedTensor] {
    var outputs: [PlannedTensor] = []
    for port in graph.outputs {
      let what: NetworkError = .graph(
        .output(name: port.name, reason: "is not computed as real numbers by a node")
      )
      guard let value = values[port.name] else { throw what }
      let real: PlannedTensor
      switch value {
      case .reals(let tensor):
        real = try materialize(tensor, node: port.name)
      case .pending(let operation):
        real = try materialize(operation)
      default: throw what
      }
      storages[real.storage].isPinned = true
      outputs.append(real)
    }
    return outputs
  }

  /// Gives `name` a meaning, once.
  mutating func define(_ name: String, _ value: Value) throws(NetworkError) {
    guard values.updateValue(value, forKey: name) == nil else {
      throw .graph(.duplicateName(name))
    }
  }

  /// What the node's input `index` stands for.
  func value(_ node: ONNXNode, _ index: Int) throws(NetworkError) -> Value {
    let name = node.inputs[index]
    guard let value = values[name] else { throw node.failure(.missingInput(name)) }
    return value
  }

  /// Reserves memory for a value that the next step writes.
  mutating func addStorage(byteCount: Int, isPinned: Bool = false) throws(NetworkError) -> Int {
    try count(bytes: byteCount)
    storages.append(
      Storage(
        byteCount: byteCount,
        firstStep: steps.count,
        lastStep: steps.count,
        isPinned: isPinned
      )
    )
    return storages.count - 1
  }

  /// A new value of the given shape.
  mutating func addTensor(
    _ shape: [Int],
    _ encoding: PlannedTensor.Encoding,
    for node: ONNXNode
  ) throws(NetworkError) -> PlannedTensor {
    guard let count = NetworkLimits.elementCount(shape) else {
      throw node.failure(
        .shape(found: [shape], expected: "1 to \(NetworkLimits.elements) elements in the output")
      )
    }
    let storage = try addStorage(byteCount: encoding == .float ? count * 4 : count)
    return PlannedTensor(storage: storage, shape: shape, encoding: encoding)
  }

  /// Appends a step, which keeps its sources alive until now.
  mutating func append(_ work: Work, node: String, from sources: [Int], to destination: Int) {
    for storage in sources { storages[storage].lastStep = steps.count }
    storages[destination].lastStep = steps.count
    steps.append(Step(node: node, work: work, sources: sources, destination: destination))
  }

  /// Counts memory against the limit.
  mutating func count(bytes: Int) throws(NetworkError) {
    plannedByteCount += bytes
    guard plannedByteCount <= NetworkLimits.plannedBytes else {
      throw .graph(
        .tooLarge(
          what: "bytes of activations and weights",
          found: plannedByteCount,
          limit: NetworkLimits.plannedBytes
        )
      )
    }
  }

  /// Counts work against the limit.
  mutating func count(multiplications factors: [Int]) throws(NetworkError) {
    var product = 1
    for factor in factors {
      let (value, overflow) = product.multipliedReportingOverflow(by: factor)
      product = overflow ? NetworkLimits.multiplications + 1 : value
      if product > NetworkLimits.multiplications { break }
    }
    multiplications += product
    guard multiplications <= NetworkLimits.multiplications else {
      throw .graph(
        .tooLarge(
          what: "multiplications",
          found: multiplications,
          limit: NetworkLimits.multiplications
        )
      )
    }
  }

  private func finish(outputs: [PlannedTensor]) -> Plan {
    var arena = Arena(stepCount: steps.count)
    let offsets = arena.place(storages)
    return Plan(
      inputs: inputs,
      outputs: outputs,
      steps: steps,
      offsets: offsets,
      arenaByteCount: arena.byteCount + scratchByteCount + Int(INT8_SLACK_BYTES),
      scratchOffset: arena.byteCount,
      preloaded: preloaded
    )
  }
}
