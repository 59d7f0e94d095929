import Int8Kernels
import Spectra

/// Turns a graph into a plan, node by node in the file's order, with every value whole.
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

  let graph: ONNXGraph
  var values: [String: Value] = [:]
  var plan = Plan()
  private var plannedByteCount = 0
  private var multiplications = 0

  /// The steps that compute the outputs of `graph`.
  static func plan(_ graph: ONNXGraph) throws(NetworkError) -> Plan {
    var builder = PlanBuilder(graph: graph)
    try builder.addInputs()
    for node in graph.nodes { try builder.add(node) }
    try builder.addOutputs()
    return builder.plan
  }

  private init(graph: ONNXGraph) {
    self.graph = graph
    for (name, tensor) in graph.stored { values[name] = .stored(tensor) }
  }

  private mutating func addInputs() throws(NetworkError) {
    for (index, port) in graph.inputs.enumerated() {
      let tensor = PlannedTensor(storage: 0, shape: port.shape, encoding: .float)
      let storage = try addStorage(for: tensor, isPinned: true)
      plan.inputs.append(PlannedInput(shape: port.shape, floatStorage: storage, copies: []))
      values[port.name] = .input(index)
    }
  }

  private mutating func addOutputs() throws(NetworkError) {
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
      plan.storages[real.storage].isPinned = true
      plan.outputs.append(real)
    }
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

  /// Reserves memory for a value of the shape and encoding of `tensor`.
  mutating func addStorage(
    for tensor: PlannedTensor,
    isPinned: Bool = false
  ) throws(NetworkError) -> Int {
    let whole = tensor.extent
    let storage = Storage(
      whole: whole,
      channels: tensor.elementCount / whole.pixels,
      elementByteCount: tensor.encoding == .float ? 4 : 1,
      isPinned: isPinned
    )
    try count(bytes: storage.byteCount)
    plan.storages.append(storage)
    return plan.storages.count - 1
  }

  /// A new value of the given shape.
  mutating func addTensor(
    _ shape: [Int],
    _ encoding: PlannedTensor.Encoding,
    order: [FlattenedImage]? = nil,
    for node: ONNXNode
  ) throws(NetworkError) -> PlannedTensor {
    guard NetworkLimits.elementCount(shape) != nil else {
      throw node.failure(
        .shape(found: [shape], expected: "1 to \(NetworkLimits.elements) elements in the output")
      )
    }
    let tensor = PlannedTensor(storage: 0, shape: shape, encoding: encoding, order: order)
    return tensor.kept(in: try addStorage(for: tensor))
  }

  /// Appends a step of a node and of those after it that are `fused` with it.
  mutating func append(
    _ work: Work,
    _ node: ONNXNode,
    fused: [String] = [],
    from sources: [PlannedTensor],
    to destination: PlannedTensor
  ) {
    append(
      work,
      name: node.name,
      operators: [node.operatorName] + fused,
      from: sources,
      to: destination
    )
  }

  /// Appends a step.
  mutating func append(
    _ work: Work,
    name: String,
    operators: [String],
    from sources: [PlannedTensor],
    to destination: PlannedTensor
  ) {
    let step = Step(
      node: name,
      operators: operators,
      work: work,
      sources: sources.map { source in
        let storage = plan.storages[source.storage]
        let isImage =
          source.planes.channels == storage.channels && source.extent == storage.whole
        return Step.Source(storage: source.storage, isImage: isImage)
      },
      destination: Step.Destination(storage: destination.storage),
      inputShape: sources[0].shape,
      outputShape: destination.shape
    )
    plan.steps.append(step)
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
}
