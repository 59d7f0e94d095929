/// One node of the graph: an operator applied to named values.
struct ONNXNode {
  enum Attribute {
    case float(Float)
    case integer(Int64)
    case integers([Int64])
    case text(String)
    case tensor(StoredTensor)
    case other(type: Int32)
  }

  /// The file's name for it, or its first output where it has none.
  let name: String
  let operatorName: String
  let domain: String
  let inputs: [String]
  let outputs: [String]
  private let attributes: [String: Attribute]

  init(_ message: OnnxNodeProto) throws(NetworkError) {
    name = message.name.isEmpty ? message.output.first ?? "" : message.name
    operatorName = message.opType
    domain = message.domain
    var given = message.input
    // An optional input that is left out at the end may be written as an empty name.
    while given.last == "" { given.removeLast() }
    inputs = given
    outputs = message.output
    var attributes: [String: Attribute] = [:]
    for attribute in message.attribute {
      attributes[attribute.name] = try Self.read(attribute, nodeName: name)
    }
    self.attributes = attributes
  }

  /// Whether `domain` is that of the operators of ONNX itself.
  static func isStandard(domain: String) -> Bool { domain.isEmpty || domain == "ai.onnx" }

  private static func read(
    _ message: OnnxAttributeProto,
    nodeName: String
  ) throws(NetworkError) -> Attribute {
    switch message.type {
    case 1: .float(message.f)
    case 2: .integer(message.i)
    case 3: .text(String(decoding: message.s, as: UTF8.self))
    case 4: .tensor(try StoredTensor(message.t, name: "\(nodeName).\(message.name)"))
    case 7: .integers(message.ints)
    default: .other(type: message.type)
    }
  }

  /// The error that names this node.
  func failure(_ reason: NetworkError.NodeFault) -> NetworkError {
    .node(node: name, operatorName: operatorName, reason: reason)
  }

  /// Checks how many inputs and outputs there are.
  func requireInputs(_ range: ClosedRange<Int>) throws(NetworkError) {
    guard range.contains(inputs.count) else {
      throw failure(
        .arity(found: inputs.count, expected: "\(range.lowerBound) to \(range.upperBound) inputs")
      )
    }
    guard outputs.count == 1, !outputs[0].isEmpty else {
      throw failure(.arity(found: outputs.count, expected: "1 output"))
    }
  }

  func integer(_ name: String, default value: Int) throws(NetworkError) -> Int {
    switch attributes[name] {
    case nil: return value
    case .integer(let number):
      guard let number = Int(exactly: number), number.magnitude <= UInt(Int32.max) else {
        fallthrough
      }
      return number
    default: throw failure(.attribute(name: name, found: "not usable", expected: "a whole number"))
    }
  }

  func float(_ name: String, default value: Float) throws(NetworkError) -> Float {
    switch attributes[name] {
    case nil: return value
    case .float(let number): return number
    default: throw failure(.attribute(name: name, found: "not usable", expected: "a real number"))
    }
  }

  func text(_ name: String, default value: String) throws(NetworkError) -> String {
    switch attributes[name] {
    case nil: return value
    case .text(let text): return text
    default: throw failure(.attribute(name: name, found: "not usable", expected: "a text"))
    }
  }

  func tensor(_ name: String) throws(NetworkError) -> StoredTensor {
    guard case .tensor(let tensor) = attributes[name] else {
      throw failure(.attribute(name: name, found: "missing", expected: "a tensor"))
    }
    return tensor
  }

  /// A list of numbers within `range`; nil where the attribute is left out.
  func integers(
    _ name: String,
    count: Int? = nil,
    in range: ClosedRange<Int>
  ) throws(NetworkError) -> [Int]? {
    guard let attribute = attributes[name] else { return nil }
    guard case .integers(let numbers) = attribute else {
      throw failure(.attribute(name: name, found: "not usable", expected: "whole numbers"))
    }
    let values = numbers.compactMap { Int(exactly: $0) }.filter(range.contains)
    guard values.count == numbers.count, count == nil || values.count == count else {
      let wanted = count.map { "\($0) numbers" } ?? "numbers"
      throw failure(
        .attribute(
          name: name,
          found: "\(numbers.prefix(8))",
          expected: "\(wanted) from \(range.lowerBound) to \(range.upperBound)"
        )
      )
    }
    return values
  }

  /// Refuses every value of an attribute but one.
  func require(_ name: String, is expected: Int) throws(NetworkError) {
    let found = try integer(name, default: expected)
    guard found == expected else {
      throw failure(.attribute(name: name, found: "\(found)", expected: "\(expected)"))
    }
  }
}
