import Spectra

/// Why a file does not become a network.
package enum NetworkError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file is larger than `Limits.networkFileBytes`.
  case fileTooLarge(byteCount: Int)
  /// The bytes are not an ONNX model, or end too early.
  case notONNX
  /// The file needs a version of the format or of its operators that is not read.
  case unsupportedVersion(what: String, found: Int64, supported: String)
  /// The graph as a whole is damaged or too large.
  case graph(GraphFault)
  /// A node cannot be run; `node` is its name, or its first output where it has none.
  case node(node: String, operatorName: String, reason: NodeFault)

  /// What is wrong with the graph as a whole.
  package enum GraphFault: Equatable, Sendable {
    /// There are more nodes, tensors or bytes than a network may have.
    case tooLarge(what: String, found: Int, limit: Int)
    /// Two values, or two initializers, have the same name.
    case duplicateName(String)
    /// An input, an output or an initializer has no name.
    case unnamed(what: String)
    /// A stored tensor's type is not supported.
    case initializerType(name: String, type: Int32)
    /// A stored tensor's sizes are negative, too many or too large.
    case initializerShape(name: String, shape: [Int64])
    /// A stored tensor holds a different number of bytes or elements than its sizes say.
    case initializerSize(name: String, found: Int, expected: Int)
    /// A stored tensor's elements lie outside the file.
    case initializerOutsideFile(name: String)
    /// An input's type is not float, or its sizes are not usable.
    case input(name: String, reason: String)
    /// An output is computed by no node, or is not a number type that is supported.
    case output(name: String, reason: String)
    /// The graph has no input or no output.
    case noInputOrOutput
  }

  /// What is wrong with one node.
  package enum NodeFault: Equatable, Sendable {
    /// The operator is not supported.
    case unsupportedOperator(domain: String)
    /// A value that the node reads is computed by no earlier node: missing, or a cycle.
    case missingInput(String)
    /// The node has the wrong number of inputs or outputs.
    case arity(found: Int, expected: String)
    /// An attribute is unsupported or out of range.
    case attribute(name: String, found: String, expected: String)
    /// The shapes do not fit each other or the operator.
    case shape(found: [[Int]], expected: String)
    /// An input is not what the operator needs: a stored tensor, a quantized or a float value.
    case operand(name: String, expected: String)
    /// A scale is not a finite positive number, or a zero point is out of range.
    case quantization(found: String, expected: String)
    /// The sums of products could exceed 32 bits.
    case accumulatorOverflow(channel: Int)
  }

  /// One sentence: what was found, what was expected, and where.
  package var description: String {
    switch self {
    case .fileTooLarge(let byteCount):
      "the file has \(byteCount) bytes, at most \(Limits.networkFileBytes) are read"
    case .notONNX:
      "the file is not an ONNX model, or it is truncated"
    case .unsupportedVersion(let what, let found, let supported):
      "\(what) is \(found), supported is \(supported)"
    case .graph(let fault):
      fault.description
    case .node(let node, let operatorName, let reason):
      "node '\(node)' (\(operatorName)): \(reason.description)"
    }
  }
}

extension NetworkError.GraphFault: CustomStringConvertible {
  /// What was found and what was expected.
  package var description: String {
    switch self {
    case .tooLarge(let what, let found, let limit):
      "the graph has \(found) \(what), at most \(limit) are supported"
    case .duplicateName(let name):
      "the name '\(name)' is given twice"
    case .unnamed(let what):
      "\(what) has no name"
    case .initializerType(let name, let type):
      "initializer '\(name)' has element type \(type), expected float, int8, uint8, int32 or int64"
    case .initializerShape(let name, let shape):
      "initializer '\(name)' has the unusable shape \(shape)"
    case .initializerSize(let name, let found, let expected):
      "initializer '\(name)' holds \(found) elements or bytes, its shape needs \(expected)"
    case .initializerOutsideFile(let name):
      "initializer '\(name)' is stored outside the file, which is not supported"
    case .input(let name, let reason):
      "input '\(name)' \(reason)"
    case .output(let name, let reason):
      "output '\(name)' \(reason)"
    case .noInputOrOutput:
      "the graph needs at least one input and one output"
    }
  }
}

extension NetworkError.NodeFault: CustomStringConvertible {
  /// What was found and what was expected.
  package var description: String {
    switch self {
    case .unsupportedOperator(let domain):
      domain.isEmpty
        ? "the operator is not supported" : "the operator of '\(domain)' is not supported"
    case .missingInput(let name):
      "reads '\(name)', which no earlier node computes"
    case .arity(let found, let expected):
      "has \(found) inputs or outputs, expected \(expected)"
    case .attribute(let name, let found, let expected):
      "attribute '\(name)' is \(found), expected \(expected)"
    case .shape(let found, let expected):
      "has shapes \(found), expected \(expected)"
    case .operand(let name, let expected):
      "operand '\(name)' should be \(expected)"
    case .quantization(let found, let expected):
      "is quantized with \(found), expected \(expected)"
    case .accumulatorOverflow(let channel):
      "the sums of output channel \(channel) could exceed 32 bits"
    }
  }
}
