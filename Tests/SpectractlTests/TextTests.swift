import Spectra
import Testing
import spectractl

/// Numbers, times and tables as people read them.
@Suite struct TextTests {
  @Test(arguments: [
    (0.0, 2, "0.00"), (1.25, 1, "1.3"), (-1.25, 1, "-1.3"), (0.004, 2, "0.00"),
    (-0.004, 2, "0.00"), (0.00041, 5, "0.00041"), (1_234.5, 0, "1235"), (1e300, 2, "1e+300"),
    (.nan, 2, "-"), (.infinity, 2, "-"),
  ])
  func `a decimal is rounded`(value: Double, places: Int, expected: String) {
    #expect(Quantities.decimal(value, places) == expected)
  }

  @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")])
  func `a count has commas`(value: Int, expected: String) {
    #expect(Quantities.count(value) == expected)
  }

  @Test(arguments: [
    (0, "0 B"), (1_023, "1023 B"), (1_024, "1.0 KiB"), (36_175_872, "34.5 MiB"),
    (1_100 << 20, "1.1 GiB"), (5_000 << 40, "5000.0 TiB"),
  ])
  func `bytes come in the unit that suits them`(value: Int, expected: String) {
    #expect(Quantities.bytes(value) == expected)
  }

  @Test(arguments: [
    (0.0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3_725, "1 h 2 min"), (3_600, "1 h"),
    (273_600, "3 d 4 h"), (-5, "0 s"), (.nan, "-"),
  ])
  func `a span has its two largest units`(seconds: Double, expected: String) {
    #expect(Quantities.span(seconds: seconds) == expected)
  }

  @Test func `a sign is shown`() {
    #expect(Quantities.signed(1.25, 1) == "+1.3")
    #expect(Quantities.signed(-1.25, 1) == "-1.3")
  }

  @Test(arguments: [
    ("2026-11-21T09:00:00Z", "2026-11-21T09:00:00.000000Z"),
    ("2026-11-20", "2026-11-20T00:00:00.000000Z"), ("90m", "2026-11-21T10:30:00.000000Z"),
    ("24h", "2026-11-20T12:00:00.000000Z"), ("7d", "2026-11-14T12:00:00.000000Z"),
    ("0s", "2026-11-21T12:00:00.000000Z"),
  ])
  func `a time is a point, a day, or so long ago`(text: String, expected: String) throws {
    let now = try #require(Timestamp("2026-11-21T12:00:00Z"))
    #expect(TimeArgument(text, now: now)?.timestamp.description == expected)
  }

  @Test(arguments: ["", "d", "yesterday", "-1h", "1", "1w", "999999999d", "2026-13-01", "9e9d"])
  func `what is no time is refused`(text: String) throws {
    let now = try #require(Timestamp("2026-11-21T12:00:00Z"))
    #expect(TimeArgument(text, now: now) == nil)
  }

  @Test func `columns are as wide as their widest cell`() {
    var table = TextTable(["NAME", "N"])
    table.add(["é\u{1B}[31m", "1"])
    table.add(["longer name", ""])
    #expect(table.lines == ["NAME         N", "é?[31m       1", "longer name"])
  }
}

/// Parts of the daemon's JSON, passed on as they are.
@Suite struct JSONTextTests {
  @Test func `members and elements keep their bytes`() {
    let text = JSONText(
      Array(#" {"a": [1,{"b":"x,]}\"\\"} , [] ],"c" :null,"d":{},"e":1.50e1} "#.utf8)
    )
    #expect(text.members.map(\.name) == ["a", "c", "d", "e"])
    #expect(
      text["a"]?.elements.map { String(decoding: $0.bytes, as: UTF8.self) }
        == ["1", #"{"b":"x,]}\"\\"}"#, "[]"]
    )
    #expect(text["c"]?.isNull == true)
    #expect(text["d"]?.members.isEmpty == true)
    #expect(text["e"]?.bytes == Array("1.50e1".utf8))
    #expect(text["none"] == nil)
    #expect(text.elements.isEmpty)
  }

  @Test(arguments: ["", "[]", "{}", "1", "\"{\"", "null", "{", "}", "[,]", "{\"a\"}", "{\"a\":"])
  func `other text has no members`(text: String) {
    #expect(JSONText(Array(text.utf8)).members.filter { !$0.value.bytes.isEmpty }.isEmpty)
  }
}
