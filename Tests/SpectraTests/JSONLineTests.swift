import Spectra
import Testing

@Suite struct JSONLineTests {
  @Test func `members keep their order and numbers that JSON lacks are null`() {
    var line = JSONLine()
    line.add("type", "a\"\\\n\u{1}é")
    line.add("missing", Double?.none)
    line.add("values", [1.0, .nan, -.infinity, 0.1])
    line.add("counts", [Int32(-3), 4])
    line.addObject("object") { $0.add("inner", true) }
    line.addObjects("objects", [1, 2]) { $0.add("value", $1) }
    line.add("last", Int?.none)
    let text = String(decoding: line.finish(), as: UTF8.self)
    #expect(
      text == #"{"type":"a\"\\\n\u0001é","missing":null,"values":[1,null,null,0.1],"#
        + #""counts":[-3,4],"object":{"inner":true},"objects":[{"value":1},{"value":2}],"#
        + "\"last\":null}\n"
    )
  }
}
