import Testing
import VarlinkSchema

/// The tests' own judge is judged first.
@Suite struct SchemaTests {
  private static let text = """
    # About.
    interface org.example

    # A thing.
    type Thing (
      # Its name.
      name: string, # said behind
      sizes: ?[]int,
      parts: [string]Thing,
      inner: (a: bool, b: float),
      kind: (round, square)
    )
    method Do(thing: Thing) -> ()
    error Failed (code: int)
    """

  private static let thing = #"{"name":"a","parts":{},"inner":{"a":true,"b":1},"kind":"round"}"#

  @Test func `an interface is read with its comments`() throws {
    let schema = try VarlinkSchema(parsing: Self.text)
    #expect(schema.name == "org.example")
    #expect(schema.types.map(\.name) == ["Thing"])
    #expect(schema.types[0].comment == "A thing.")
    #expect(schema.types[0].members[0].comment == "Its name.")
    #expect(schema.types[0].members[1].type == .nullable(.array(.int)))
    #expect(schema.types[0].members[2].type == .map(.named("Thing")))
    #expect(schema.types[0].members[4].type == .choice(["round", "square"]))
    #expect(schema.methods[0].parameters.map(\.name) == ["thing"])
    #expect(schema.methods[0].reply == [])
    #expect(schema.errors.map(\.name) == ["Failed"])
  }

  @Test(arguments: [
    ("interface a.b\ntype T (x: )", 2), ("interface a.b\nmethod M() (x: int)", 2),
    ("interface a.b\n\nthing T ()", 3), ("type T ()", 1), ("interface a.b\ntype T (x: int", 2),
  ])
  func `a text that is no interface is refused where it is wrong`(text: String, line: Int) {
    let error = #expect(throws: VarlinkSyntaxError.self) { try VarlinkSchema(parsing: text) }
    #expect(error?.line == line)
  }

  @Test(arguments: [
    (thing, ""), (#"{"name":1}"#, "Thing.name: expected string, found int(1)"),
    (#"{}"#, "Thing.name: missing"), (#"[]"#, "Thing: expected"),
    (#"{"x":null}"#, "Thing.x: not in the schema"),
    (thing.replacing("round", with: "flat"), "Thing.kind: expected choice"),
    (thing.replacing("{}", with: #"{"p":{}}"#), "Thing.parts.p.name: missing"),
    (thing.replacing(#""name""#, with: #""sizes":[1,"2"],"name""#), "Thing.sizes[1]: expected int"),
  ])
  func `what does not fit is named with its place`(json: String, problem: String) throws {
    let schema = try VarlinkSchema(parsing: Self.text)
    let problems = schema.problems(of: try JSONValue(parsing: json.utf8), as: "Thing")
    if problem.isEmpty {
      #expect(problems == [])
    } else {
      #expect(problems.contains { $0.hasPrefix(problem) }, "\(problems)")
    }
  }
}
