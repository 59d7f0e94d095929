import Testing
import Varlink
import VarlinkSchema

/// What a server tells about itself.
@Suite struct IntrospectionTests {
  private static func describe(_ name: String) -> String {
    #"{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"\#(name)"}}"#
  }

  @Test func `a server says who it is and which interfaces it has`() async throws {
    try await TestServer.run { server in
      let answer = try await server.answer(to: #"{"method":"org.varlink.service.GetInfo"}"#)
      let reply = try JSONValue(parsing: try #require(answer).utf8)["parameters"]
      #expect(
        reply
          == .object([
            "vendor": .string("spectrad"), "product": .string("test"), "version": .string("1.2.3"),
            "url": .string("https://example.org"),
            "interfaces": .array([.string("org.varlink.service"), .string("io.spectrad")]),
          ])
      )
    }
  }

  @Test func `a server gives out its interface whole`() async throws {
    try await TestServer.run { server in
      let answer = try await server.answer(to: Self.describe("io.spectrad"))
      let reply = try JSONValue(parsing: try #require(answer).utf8)["parameters"]
      #expect(reply?["description"] == .string(SpectradInterface.description))
    }
  }

  @Test(arguments: [
    (describe("org.example"), #"InterfaceNotFound","parameters":{"interface":"org.example"}}"#),
    (
      #"{"method":"org.varlink.service.GetInterfaceDescription"}"#,
      #"InvalidParameter","parameters":{"parameter":"interface"}}"#
    ),
  ])
  func `an interface that it does not have is refused`(call: String, end: String) async throws {
    try await TestServer.run { server in
      let answer = try await server.answer(to: call)
      #expect(answer == #"{"error":"org.varlink.service."# + end)
    }
  }

  @Test func `the interface of every service keeps to itself`() async throws {
    try await TestServer.run { server in
      let answer = try await server.answer(to: Self.describe("org.varlink.service"))
      let reply = try JSONValue(parsing: try #require(answer).utf8)["parameters"]
      guard case .string(let text)? = reply?["description"] else {
        Issue.record("no description")
        return
      }
      let schema = try VarlinkSchema(parsing: text)
      #expect(schema.methods.map(\.name) == ["GetInfo", "GetInterfaceDescription"])
      let errors: [VarlinkServiceError] = [
        .interfaceNotFound(interface: "i"), .methodNotFound(method: "m"),
        .methodNotImplemented(method: "m"), .invalidParameter(parameter: "p"), .permissionDenied,
        .expectedMore,
      ]
      #expect(schema.errors.map { "org.varlink.service." + $0.name } == errors.map(\.name))
      for error in errors {
        let parameters = try JSONValue(parsing: error.parameters)
        let shortName = error.name.replacing("org.varlink.service.", with: "")
        #expect(schema.problems(of: parameters, asError: shortName) == [])
        let json = String(decoding: error.parameters, as: UTF8.self)
        let message = Array(#"{"error":"\#(error.name)","parameters":\#(json)}"#.utf8)
        #expect(VarlinkServiceError(name: error.name, reply: message) == error)
      }
    }
  }
}
