import FoundationEssentials
import Spectra

/// The errors of `org.varlink.service`, which every service may reply.
package enum VarlinkServiceError: Error, Equatable, Sendable {
  /// The service has no such interface.
  case interfaceNotFound(interface: String)
  /// The interface has no such method.
  case methodNotFound(method: String)
  /// The interface has the method, but the service does not offer it.
  case methodNotImplemented(method: String)
  /// A parameter is missing or has the wrong type or value.
  case invalidParameter(parameter: String)
  /// The caller may not do that.
  case permissionDenied
  /// The method replies more than once, and the call does not say `more`.
  case expectedMore
}

extension VarlinkServiceError: VarlinkFailure {
  /// The name on the wire.
  package var name: String { ServiceInterface.name + "." + shortName }

  /// The members on the wire, a JSON object.
  package var parameters: [UInt8] {
    var members = JSONLine(reservingBytes: 64)
    switch self {
    case .interfaceNotFound(let interface): members.add("interface", interface)
    case .methodNotFound(let method), .methodNotImplemented(let method):
      members.add("method", method)
    case .invalidParameter(let parameter): members.add("parameter", parameter)
    case .permissionDenied, .expectedMore: break
    }
    return members.finish()
  }

  /// Reads an error from `reply`, a whole message; nil when its name is none of
  /// `org.varlink.service`.
  package init?(name: String, reply: [UInt8]) {
    let body = try? JSONDecoder().decode(Body<Members>.self, from: Data(reply))
    let members = body?.parameters ?? Members()
    switch name {
    case "org.varlink.service.InterfaceNotFound":
      self = .interfaceNotFound(interface: members.interface ?? "")
    case "org.varlink.service.MethodNotFound":
      self = .methodNotFound(method: members.method ?? "")
    case "org.varlink.service.MethodNotImplemented":
      self = .methodNotImplemented(method: members.method ?? "")
    case "org.varlink.service.InvalidParameter":
      self = .invalidParameter(parameter: members.parameter ?? "")
    case "org.varlink.service.PermissionDenied": self = .permissionDenied
    case "org.varlink.service.ExpectedMore": self = .expectedMore
    default: return nil
    }
  }

  private var shortName: String {
    switch self {
    case .interfaceNotFound: "InterfaceNotFound"
    case .methodNotFound: "MethodNotFound"
    case .methodNotImplemented: "MethodNotImplemented"
    case .invalidParameter: "InvalidParameter"
    case .permissionDenied: "PermissionDenied"
    case .expectedMore: "ExpectedMore"
    }
  }
}

extension VarlinkServiceError: CustomStringConvertible {
  /// What is wrong with the call.
  package var description: String {
    switch self {
    case .interfaceNotFound(let interface): "there is no interface \(interface)"
    case .methodNotFound(let method): "there is no method \(method)"
    case .methodNotImplemented(let method): "the method \(method) is not offered"
    case .invalidParameter(let parameter): "the parameter \(parameter) is missing or wrong"
    case .permissionDenied: "the caller may not do that"
    case .expectedMore: "the method replies more than once: call it with `more`"
    }
  }
}

/// Every member that an error of `org.varlink.service` has.
private struct Members: Decodable {
  var interface: String?
  var method: String?
  var parameter: String?
}
