/// A method of an interface, with the types of what goes to and fro.
package protocol VarlinkMethod: Sendable {
  /// What a call gives.
  associatedtype Parameters: Codable & Equatable & Sendable
  /// What a reply tells.
  associatedtype Reply: Codable & Equatable & Sendable
  /// The name that a call gives, the interface in front.
  static var name: String { get }
}

/// The parameters or the reply of a method that has none.
package struct NoMembers: Codable, Equatable, Sendable {
  /// Makes the only value.
  package init() {}
}

/// An error as a reply carries it: a name and an object of parameters.
package protocol VarlinkFailure: Error {
  /// The name, the interface in front.
  var name: String { get }
  /// The parameters, a JSON object.
  var parameters: [UInt8] { get }
}

extension Double {
  /// The number, or nil where JSON has no number for it.
  var finite: Double? { isFinite ? self : nil }
}
