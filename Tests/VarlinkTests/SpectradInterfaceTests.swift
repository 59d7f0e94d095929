import FoundationEssentials
import Testing
import Varlink
import VarlinkSchema

@Suite struct SpectradInterfaceTests {
  /// The Swift type of each type of the interface.
  private static let types: [any (Codable & Equatable & Sendable).Type] = [
    SpectradInterface.Bundle.self, SpectradInterface.ScannerState.self,
    SpectradInterface.Hello.self, SpectradInterface.ScannerEvent.self,
    SpectradInterface.Reference.self, SpectradInterface.Target.self,
    SpectradInterface.Quality.self, SpectradInterface.Prediction.self,
    SpectradInterface.BundleEvent.self, SpectradInterface.ScansLost.self,
    SpectradInterface.Gap.self, SpectradInterface.Heartbeat.self, SpectradInterface.Bye.self,
    SpectradInterface.OpenSample.self, SpectradInterface.Scanner.self,
    SpectradInterface.StoreStatus.self, SpectradInterface.ClientCounters.self,
    SpectradInterface.Status.self, SpectradInterface.Histogram.self,
    SpectradInterface.ClassCount.self, SpectradInterface.ReasonCount.self,
    SpectradInterface.Metrics.self, SpectradInterface.Sample.self, SpectradInterface.Grid.self,
    SpectradInterface.RecordedScan.self, SpectradInterface.InstalledBundle.self,
    SpectradInterface.Baseline.self,
  ]

  private let schema: VarlinkSchema

  init() throws {
    schema = try VarlinkSchema(parsing: SpectradInterface.description)
  }

  @Test func `the interface has the name by which it is found`() {
    #expect(schema.name == SpectradInterface.name)
  }

  @Test func `every type, method, error and member of the interface has a comment`() {
    for type in schema.types + schema.errors {
      #expect(!type.comment.isEmpty, "\(type.name)")
      for member in type.members { #expect(!member.comment.isEmpty, "\(type.name).\(member.name)") }
    }
    for method in schema.methods {
      #expect(!method.comment.isEmpty, "\(method.name)")
      for member in method.parameters + method.reply {
        #expect(!member.comment.isEmpty, "\(method.name).\(member.name)")
      }
    }
  }

  @Test func `types and methods are the same in the interface and in Swift`() {
    #expect(schema.types.map(\.name) == Self.types.map { String(describing: $0) })
    let names = SpectradInterface.methods.map { $0.name }
    #expect(names == schema.methods.map { "io.spectrad." + $0.name })
  }

  @Test(arguments: [true, false])
  func `every type survives being read and written`(isFull: Bool) throws {
    for (type, structure) in zip(Self.types, schema.types) {
      try roundTrip(type, structure.members, isFull: isFull, "\(structure.name)")
    }
  }

  @Test(arguments: [true, false])
  func `every method's parameters and reply survive being read and written`(isFull: Bool) throws {
    for (method, described) in zip(SpectradInterface.methods, schema.methods) {
      try roundTrip(method, described, isFull: isFull)
    }
  }

  @Test(arguments: [true, false])
  func `every error survives being read and written`(isFull: Bool) throws {
    var example = ExampleJSON(schema: schema, isFull: isFull)
    for error in schema.errors {
      let name = "io.spectrad." + error.name
      let parameters = example.object(error.members)
      let reply = "{\"error\":\"\(name)\",\"parameters\":\(parameters)}"
      let failure = try #require(SpectradFailure(name: name, reply: Array(reply.utf8)))
      #expect(failure.name == name)
      let written = try JSONValue(parsing: failure.parameters)
      #expect(schema.problems(of: written, asError: error.name) == [])
      #expect(try written.withoutNulls == JSONValue(parsing: parameters.utf8).withoutNulls)
      #expect(!failure.description.isEmpty)
    }
  }

  @Test func `an error that lacks its parameters is still known by its name`() {
    let reply = Array(#"{"error":"io.spectrad.NoSuchSample"}"#.utf8)
    let failure = SpectradFailure(name: "io.spectrad.NoSuchSample", reply: reply)
    #expect(failure == .noSuchSample(sampleId: ""))
    #expect(SpectradFailure(name: "io.spectrad.Unknown", reply: reply) == nil)
    #expect(SpectradFailure(name: "org.example.NoSuchSample", reply: reply) == nil)
  }

  @Test func `members that are not known are ignored`() throws {
    let json = Data(#"{"type":"bye","reason":"shutdown","future":{"a":[1]}}"#.utf8)
    let bye = try JSONDecoder().decode(SpectradInterface.Bye.self, from: json)
    #expect(bye == SpectradInterface.Bye(reason: "shutdown"))
  }

  @Test func `a number that JSON cannot write is missing`() throws {
    let reference = SpectradInterface.Reference(kind: "user", ageSeconds: .nan)
    #expect(reference.ageSeconds == nil)
    var scan = SpectradInterface.RecordedScan()
    scan.setAbsorbance([0.5, .nan, 1.5, .infinity])
    #expect(scan.absorbance == [0.5, 0, 1.5, 0])
    #expect(scan.absorbanceMissing == [1, 3])
    let values = try #require(scan.absorbanceOrNaN)
    #expect(values.map(\.isNaN) == [false, true, false, true])
    scan.setAbsorbance([0.5])
    #expect(scan.absorbanceMissing == nil)
  }

  private func roundTrip(
    _ method: any VarlinkMethod.Type,
    _ described: VarlinkSchema.Method,
    isFull: Bool
  ) throws {
    func each<Method: VarlinkMethod>(_: Method.Type) throws {
      let name = described.name
      try roundTrip(Method.Parameters.self, described.parameters, isFull: isFull, name)
      try roundTrip(Method.Reply.self, described.reply, isFull: isFull, name)
    }
    try each(method)
  }

  private func roundTrip<Value: Codable & Equatable>(
    _: Value.Type,
    _ members: [VarlinkSchema.Member],
    isFull: Bool,
    _ name: String
  ) throws {
    var example = ExampleJSON(schema: schema, isFull: isFull)
    let json = example.object(members)
    let value = try JSONDecoder().decode(Value.self, from: Data(json.utf8))
    #expect(Mirror(reflecting: value).children.map(\.label) == members.map(\.name), "\(name)")
    let written = try JSONEncoder().encode(value)
    let again = try JSONValue(parsing: written)
    #expect(schema.problems(of: again, members, at: name) == [])
    #expect(try again.withoutNulls == JSONValue(parsing: json.utf8).withoutNulls, "\(name)")
  }
}

/// Writes JSON as the schema describes it, each text and number another one.
private struct ExampleJSON {
  let schema: VarlinkSchema
  /// Whether what may be missing is there.
  let isFull: Bool
  private var count = 0

  init(schema: VarlinkSchema, isFull: Bool) {
    (self.schema, self.isFull) = (schema, isFull)
  }

  mutating func object(_ members: [VarlinkSchema.Member]) -> String {
    var parts: [String] = []
    for member in members {
      parts.append("\"\(member.name)\":\(value(member.type))")
    }
    return "{" + parts.joined(separator: ",") + "}"
  }

  private mutating func value(_ type: VarlinkSchema.MemberType) -> String {
    count += 1
    switch type {
    case .bool: return count.isMultiple(of: 2) ? "true" : "false"
    case .int: return String(count * 1_000_003)
    case .float: return String(Double(count) + 0.25)
    case .string: return "\"\(count) \\\"Ü/\\n\""
    case .object: return "{}"
    case .named(let name):
      return object(schema.types.first { $0.name == name }?.members ?? [])
    case .array(let type): return isFull ? "[\(value(type)),\(value(type))]" : "[]"
    case .map(let type): return isFull ? "{\"a b\":\(value(type))}" : "{}"
    case .nullable(let type): return isFull ? value(type) : "null"
    case .structure(let members): return object(members)
    case .choice(let names): return "\"\(names[0])\""
    }
  }
}

extension JSONValue {
  /// The same with members that are null left out, which Varlink does not tell from null.
  fileprivate var withoutNulls: JSONValue {
    switch self {
    case .array(let values): .array(values.map(\.withoutNulls))
    case .object(let members):
      .object(members.filter { $0.value != .null }.mapValues(\.withoutNulls))
    case .null, .bool, .int, .float, .string: self
    }
  }
}
