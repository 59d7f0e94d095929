import Spectra
import SwiftProtobuf

/// The graph of an ONNX file with its names resolved, before anything is planned.
struct ONNXGraph {
  /// A value that the graph reads or gives out; an unknown batch size is 1.
  struct Port {
    let name: String
    let shape: [Int]
  }

  let operatorVersion: Int
  let nodes: [ONNXNode]
  let stored: [String: StoredTensor]
  let inputs: [Port]
  let outputs: [Port]

  private static let operatorVersions = 10...28
  private static let floatType: Int32 = 1

  /// Reads a file's bytes; checks sizes and names, not what the nodes mean.
  init(onnx bytes: [UInt8]) throws(NetworkError) {
    guard bytes.count <= Limits.networkFileBytes else {
      throw .fileTooLarge(byteCount: bytes.count)
    }
    let model: OnnxModelProto
    do {
      var options = BinaryDecodingOptions()
      options.messageDepthLimit = 16
      options.discardUnknownFields = true
      model = try OnnxModelProto(serializedBytes: bytes, options: options)
    } catch {
      throw .notONNX
    }
    guard model.hasGraph else { throw .notONNX }
    operatorVersion = try Self.readOperatorVersion(model)
    let graph = model.graph
    try Self.checkCounts(graph)
    stored = try Self.readStored(graph)
    nodes = try graph.node.map { message throws(NetworkError) in try ONNXNode(message) }
    // Old files list the stored tensors among the inputs too.
    let free = graph.input.filter { [stored] in stored[$0.name] == nil }
    inputs = try free.map { message throws(NetworkError) in try Self.readInput(message) }
    outputs = try graph.output.map { message throws(NetworkError) in
      guard !message.name.isEmpty else { throw .graph(.unnamed(what: "an output")) }
      return Port(name: message.name, shape: [])
    }
    guard !inputs.isEmpty, !outputs.isEmpty else { throw .graph(.noInputOrOutput) }
    var names: Set<String> = []
    for input in inputs where !names.insert(input.name).inserted {
      throw .graph(.duplicateName(input.name))
    }
  }

  private static func readOperatorVersion(_ model: OnnxModelProto) throws(NetworkError) -> Int {
    let versions = model.opsetImport.filter { ONNXNode.isStandard(domain: $0.domain) }
    let version = versions.first?.version ?? 0
    guard versions.count == 1, let number = Int(exactly: version),
      operatorVersions.contains(number)
    else {
      throw .unsupportedVersion(
        what: "the operator set's version",
        found: version,
        supported: "\(operatorVersions.lowerBound) to \(operatorVersions.upperBound)"
      )
    }
    return number
  }

  private static func checkCounts(_ graph: OnnxGraphProto) throws(NetworkError) {
    let counts: [(String, Int, Int)] = [
      ("nodes", graph.node.count, NetworkLimits.nodes),
      ("stored tensors", graph.initializer.count, NetworkLimits.tensors),
      ("inputs", graph.input.count, NetworkLimits.tensors),
      ("outputs", graph.output.count, NetworkLimits.tensors),
    ]
    for (what, found, limit) in counts where found > limit {
      throw .graph(.tooLarge(what: what, found: found, limit: limit))
    }
  }

  private static func readStored(
    _ graph: OnnxGraphProto
  ) throws(NetworkError) -> [String: StoredTensor] {
    var stored: [String: StoredTensor] = [:]
    for message in graph.initializer {
      guard !message.name.isEmpty else { throw .graph(.unnamed(what: "an initializer")) }
      let tensor = try StoredTensor(message, name: message.name)
      guard stored.updateValue(tensor, forKey: message.name) == nil else {
        throw .graph(.duplicateName(message.name))
      }
    }
    return stored
  }

  private static func readInput(_ message: OnnxValueProto) throws(NetworkError) -> Port {
    guard !message.name.isEmpty else { throw .graph(.unnamed(what: "an input")) }
    let type = message.type.tensorType
    guard type.elemType == floatType else {
      throw .graph(
        .input(name: message.name, reason: "has element type \(type.elemType), not float")
      )
    }
    guard type.hasShape else {
      throw .graph(.input(name: message.name, reason: "has no shape"))
    }
    var shape: [Int] = []
    for (axis, dimension) in type.shape.dim.prefix(NetworkLimits.rank + 1).enumerated() {
      let isUnknown = !dimension.hasDimValue || dimension.dimValue <= 0
      // Exporters leave the batch open; everything else decides how much memory is needed.
      let size = isUnknown && axis == 0 ? 1 : Int(exactly: dimension.dimValue) ?? 0
      shape.append(size)
    }
    guard NetworkLimits.elementCount(shape) != nil else {
      throw .graph(.input(name: message.name, reason: "has the unusable shape \(shape)"))
    }
    guard shape.count < 2 || shape[0] == 1 else {
      throw .graph(.input(name: message.name, reason: "has a batch of \(shape[0]), not 1"))
    }
    return Port(name: message.name, shape: shape)
  }
}
