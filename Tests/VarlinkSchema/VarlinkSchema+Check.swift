extension VarlinkSchema {
  /// What is wrong with a value that should be of the named type; empty when nothing is.
  ///
  /// Stricter than a client must be: a member that the schema does not have is wrong.
  package func problems(of value: JSONValue, as type: String) -> [String] {
    var problems: [String] = []
    check(value, .named(type), at: type, &problems)
    return problems
  }

  /// What is wrong with the parameters of a call of `method`, its interface left out.
  package func problems(of value: JSONValue, asParametersOf method: String) -> [String] {
    problems(of: value, methods.first { $0.name == method }?.parameters, at: method)
  }

  /// What is wrong with the parameters of a reply of `method`, its interface left out.
  package func problems(of value: JSONValue, asReplyOf method: String) -> [String] {
    problems(of: value, methods.first { $0.name == method }?.reply, at: method)
  }

  /// What is wrong with the parameters of `error`, its interface left out.
  package func problems(of value: JSONValue, asError error: String) -> [String] {
    problems(of: value, errors.first { $0.name == error }?.members, at: error)
  }

  /// What is wrong with a line of the prediction socket: its `type` names the member of a
  /// `Subscribe` reply whose type it must have.
  package func problems(ofLine line: some Sequence<UInt8>) -> [String] {
    guard let value = try? JSONValue(parsing: line) else { return ["the line is no JSON"] }
    guard case .string(let kind)? = value["type"] else { return ["the line has no type"] }
    let reply = methods.first { $0.name == "Subscribe" }?.reply ?? []
    guard case .nullable(let type)? = reply.first(where: { $0.name == kind })?.type else {
      return ["no reply of Subscribe has a member \(kind)"]
    }
    var problems: [String] = []
    check(value, type, at: kind, &problems)
    return problems
  }

  /// What is wrong with a value that should have the members; nil is wrong in itself.
  package func problems(
    of value: JSONValue,
    _ members: [Member]?,
    at name: String
  ) -> [String] {
    guard let members else { return ["\(name): not in the schema"] }
    var problems: [String] = []
    check(value, .structure(members), at: name, &problems)
    return problems
  }

  private func check(
    _ value: JSONValue,
    _ type: MemberType,
    at place: String,
    _ problems: inout [String]
  ) {
    switch (type, value) {
    case (.nullable, .null), (.bool, .bool), (.int, .int), (.float, .float), (.float, .int),
      (.string, .string), (.object, .object):
      break
    case (.nullable(let type), _): check(value, type, at: place, &problems)
    case (.named(let name), _):
      guard let found = types.first(where: { $0.name == name }) else {
        return problems.append("\(place): the schema has no type \(name)")
      }
      check(value, .structure(found.members), at: place, &problems)
    case (.array(let type), .array(let values)):
      for (index, value) in values.enumerated() {
        check(value, type, at: "\(place)[\(index)]", &problems)
      }
    case (.map(let type), .object(let members)):
      for (name, value) in members { check(value, type, at: "\(place).\(name)", &problems) }
    case (.structure(let members), .object(let values)):
      check(values, members, at: place, &problems)
    case (.choice(let names), .string(let name)) where names.contains(name): break
    default: problems.append("\(place): expected \(type), found \(value)")
    }
  }

  private func check(
    _ values: [String: JSONValue],
    _ members: [Member],
    at place: String,
    _ problems: inout [String]
  ) {
    for name in values.keys where !members.contains(where: { $0.name == name }) {
      problems.append("\(place).\(name): not in the schema")
    }
    for member in members {
      let place = "\(place).\(member.name)"
      if let value = values[member.name] {
        check(value, member.type, at: place, &problems)
      } else if case .nullable = member.type {
        continue
      } else {
        problems.append("\(place): missing")
      }
    }
  }
}
