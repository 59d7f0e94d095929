import FoundationEssentials

/// One call of a method, as a client sent it.
package struct VarlinkCall: Sendable {
  /// The method's name, the interface in front.
  package let method: String
  /// Whether the client takes more than one reply.
  package let wantsMore: Bool
  /// Whether the client takes no reply at all.
  package let isOneway: Bool
  /// Whether the client wants to speak another protocol afterwards, which no method offers.
  package let wantsUpgrade: Bool
  /// Who called.
  package let peer: PeerCredentials

  private let message: Data

  /// Reads a message without its NUL.
  package init(
    parsing message: [UInt8],
    from peer: PeerCredentials,
    limits: VarlinkLimits = VarlinkLimits()
  ) throws(VarlinkMessageError) {
    let byteCount = message.count
    guard byteCount <= limits.callBytesMax else {
      throw .tooLong(byteCount: byteCount, byteCountMax: limits.callBytesMax)
    }
    guard JSONDepth.deepest(in: message) <= limits.depthMax else {
      throw .tooDeep(depthMax: limits.depthMax)
    }
    guard String(validating: message, as: UTF8.self) != nil else { throw .notUTF8 }
    let bytes = Data(message)
    let head: Head
    do {
      head = try JSONDecoder().decode(Head.self, from: bytes)
    } catch {
      throw .notACall(reason: String(describing: error))
    }
    (method, self.peer, self.message) = (head.method, peer, bytes)
    wantsMore = head.more ?? false
    isOneway = head.oneway ?? false
    wantsUpgrade = head.upgrade ?? false
  }

  /// The name of the interface; empty when the method names none.
  package var interface: String {
    method.lastIndex(of: ".").map { String(method[..<$0]) } ?? ""
  }

  /// Reads the parameters; the error names the one that is missing or wrong.
  package func parameters<Method: VarlinkMethod>(
    of _: Method.Type
  ) throws(VarlinkServiceError) -> Method.Parameters {
    do {
      let body = try JSONDecoder().decode(Body<Method.Parameters>.self, from: message)
      if let parameters = body.parameters { return parameters }
      // A call without parameters is one that leaves each of them out.
      return try JSONDecoder().decode(Method.Parameters.self, from: Data("{}".utf8))
    } catch let error as DecodingError {
      throw .invalidParameter(parameter: VarlinkCall.parameterName(error))
    } catch {
      throw .invalidParameter(parameter: "parameters")
    }
  }

  /// The place of an error, such as `baseline.peaksNanometres[2]`.
  private static func parameterName(_ error: DecodingError) -> String {
    var path: [any CodingKey]
    switch error {
    case .keyNotFound(let key, let context): path = context.codingPath + [key]
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      path = context.codingPath
    @unknown default: path = []
    }
    if path.first?.stringValue == "parameters" { path.removeFirst() }
    var name = ""
    for key in path {
      if let index = key.intValue {
        name += "[\(index)]"
      } else {
        name += (name.isEmpty ? "" : ".") + key.stringValue
      }
    }
    return name.isEmpty ? "parameters" : name
  }
}

/// The members of a call that say how it is meant.
private struct Head: Decodable {
  var method: String
  var more: Bool?
  var oneway: Bool?
  var upgrade: Bool?
}

/// The member of a call or a reply that the method defines.
struct Body<Parameters: Decodable>: Decodable {
  var parameters: Parameters?
}

/// Why what a client sent is no call; its connection ends.
package enum VarlinkMessageError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The message has more bytes than a call may have.
  case tooLong(byteCount: Int, byteCountMax: Int)
  /// Objects and arrays stand too deep inside each other.
  case tooDeep(depthMax: Int)
  /// The bytes are no text.
  case notUTF8
  /// The text is no JSON object with a `method`.
  case notACall(reason: String)

  /// What was found, what was expected.
  package var description: String {
    switch self {
    case .tooLong(let byteCount, let byteCountMax):
      "a call of \(byteCount) bytes, expected at most \(byteCountMax)"
    case .tooDeep(let depthMax): "a call nested deeper than \(depthMax) levels"
    case .notUTF8: "a call that is not UTF-8"
    case .notACall(let reason): "a message that is no call: \(reason)"
    }
  }
}
