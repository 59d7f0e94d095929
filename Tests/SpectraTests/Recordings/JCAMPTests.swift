import Spectra
import Testing

@Suite struct JCAMPTests {
  private static func read(
    _ text: String,
    _ options: RecordingReadOptions = .init()
  ) throws(RecordingError) -> Recording {
    try RecordingReader.read(bytes: Array(text.utf8), name: "lab/milk_01.jdx", options: options)
  }

  /// A block whose records are replaced by name; an empty value leaves the record out.
  private static func block(
    _ table: String = "##XYPOINTS=(XY..XY)\n900,0.5\n902.5,0.25",
    _ replacements: [String: String] = [:]
  ) -> String {
    let records = [
      ("TITLE", " milk"), ("JCAMP-DX", "4.24 $$ a comment"), ("DATA TYPE", "INFRARED SPECTRUM"),
      ("XUNITS", "NANOMETERS"), ("YUNITS", "ABSORBANCE"), ("NPOINTS", "2"), ("DELTAX", ""),
      ("XFACTOR", "1"), ("YFACTOR", "1"), ("FIRSTX", "900"), ("LASTX", "902.5"),
    ]
    let lines = records.compactMap { label, value -> String? in
      let value = replacements[label] ?? value
      return value.isEmpty && label != "TITLE" ? nil : "##\(label)=\(value)"
    }
    return lines.joined(separator: "\n") + "\n" + table + "\n##END=\n"
  }

  @Test(arguments: [
    "##XYPOINTS=(XY..XY)\n900,0.5\n902.5,0.25", "##XYPOINTS= (XY..XY)\r\n900 .5 ; 902.5 2.5E-01",
    "##XYPOINTS=(XY..XY) $$ two\n$$ nothing here\n\n 900, 5e-1; 902.5, +.25 $$ end",
    "##XYDATA=(X++(Y..Y))\n900 0.5 0.25", "##XYDATA= (X++(Y..Y))\n900+.5\n902.5+.25",
    "##XY_DATA=(X++(Y..Y))\n900 .5\n903 .25", "##xydata=(x++(y..y))\n900 .5 .25\n905",
  ])
  func `the same two points in many forms`(table: String) throws {
    let recording = try JCAMPTests.read(JCAMPTests.block(table))
    #expect(recording.wavelengthsNanometres == [900, 902.5])
    var scan = Scan()
    (scan.sample, scan.absorbance) = ("milk", [0.5, 0.25])
    #expect(recording.scans == [scan])
  }

  private static let abscissas: [([String: String], [Double])] = [
    (["XUNITS": "NM"], [900, 902.5]),
    (["XUNITS": "Micrometers", "XFACTOR": "0.001"], [900, 902.5]),
    (["XUNITS": "1/CM", "XFACTOR": "10"], [1e7 / 9025, 1e7 / 9000]),
  ]

  @Test(arguments: abscissas)
  func `abscissas become nanometres`(records: [String: String], expected: [Double]) throws {
    let recording = try JCAMPTests.read(JCAMPTests.block(replacing: records))
    for (found, wavelength) in zip(recording.wavelengthsNanometres, expected) {
      #expect(abs(found - wavelength) < 1e-9)
    }
    let isReversed = expected[0] > 1_000
    #expect(recording.scans[0].absorbance == (isReversed ? [0.25, 0.5] : [0.5, 0.25]))
  }

  @Test(arguments: ["REFLECTANCE", "TRANSMITTANCE", "Transmittance $$ fraction"])
  func `reflectance and transmittance become absorbance`(units: String) throws {
    let table = "##XYPOINTS=(XY..XY)\n900,100\n901,1\n902,0\n903,-5\n904,?"
    let records = ["YUNITS": units, "YFACTOR": "0.01", "NPOINTS": "5"]
    let scan = try JCAMPTests.read(JCAMPTests.block(table, records)).scans[0]
    #expect(scan.absorbance?.map { $0.isNaN ? -9 : $0 } == [0, 2, -9, -9, -9])
  }

  /// The published example of the compressed forms: 1 2 3 3 2 1 0 -1 -2 -3 in each of them.
  @Test(arguments: [
    "900 1 2 3 3 2 1 0 -1 -2 -3", "900+1+2+3+3+2+1+0-1-2-3", "900 1BCCBA@abc", "900ABCCBA@abc",
    "900 1JJ%jjjjjj", "900AJJ%jjjjjj", "900 1JJ%jX", "900 AJJ%jX", "900ABCTBA@abc",
    // In parts: a difference is followed by a line that repeats the value.
    "900AJJ%\n903CjX", "900ABC\n903CBA@abc", "900 1JJ%j\n904 2j\n905AjV", "900AJJ%jX\n909c",
  ])
  func `compressed numbers are read`(data: String) throws {
    let table = "##XYDATA=(X++(Y..Y))\n" + data
    let records = ["NPOINTS": "10", "LASTX": "909"]
    let recording = try JCAMPTests.read(JCAMPTests.block(table, records))
    #expect(recording.wavelengthsNanometres == (900...909).map(Double.init))
    #expect(recording.scans[0].absorbance == [1, 2, 3, 3, 2, 1, 0, -1, -2, -3])
  }

  @Test(arguments: ["fix", "pac", "sqz", "sqzdup", "dif", "difdup"])
  func `every number form holds what the golden script put in`(form: String) throws {
    let folder = SharedData.packageRoot + "/Tests/Golden/recordings"
    let golden = try #require(TemporaryFolder.bytes(ofFile: folder + "/jcamp.txt"))
    let points = String(decoding: golden, as: UTF8.self).split(separator: "\n").map { line in
      line.split(separator: " ").compactMap { Double($0) }
    }
    let recording = try RecordingReader.read(paths: [folder + "/jcamp_\(form).jdx"])
    #expect(recording.wavelengthsNanometres.count == points.count)
    // The file runs down in 1/cm, so it is up in nanometres.
    for (wavelength, point) in zip(recording.wavelengthsNanometres, points) {
      #expect(abs(1e7 / wavelength - point[0]) < 1e-8)
    }
    #expect(recording.scans.map(\.absorbance) == [points.map { $0[1] }])
  }

  @Test func `the last abscissa may follow from the distance`() throws {
    let records = ["LASTX": "", "DELTAX": "-2.5", "FIRSTX": ""]
    let text = JCAMPTests.block("##XYDATA=(X++(Y..Y))\n900 .5 .25", records)
    #expect(try JCAMPTests.read(text).wavelengthsNanometres == [897.5, 900])
  }

  @Test func `blocks are scans, alone, in a row or in one of type LINK`() throws {
    let two = JCAMPTests.block() + JCAMPTests.block(replacing: ["TITLE": ""])
    let link = "##TITLE=both\n##JCAMP-DX=4.24\n##DATA TYPE=LINK\n##BLOCKS=2\n" + two + "##END=\n"
    for text in [two, link, "$$ comment\n\n" + link] {
      #expect(try JCAMPTests.read(text).scans.map(\.sample) == ["milk", nil])
    }
    let alone = JCAMPTests.block(replacing: ["TITLE": ""])
    #expect(try JCAMPTests.read(alone).scans.map(\.sample) == ["lab/milk"])
    let options = RecordingReadOptions(sampleFrom: SamplePattern("{file}"))
    #expect(try JCAMPTests.read(two, options).scans.map(\.sample) == ["milk_01", "milk_01"])
  }

  @Test func `texts of older programs are Latin-1`() throws {
    var bytes = Array(JCAMPTests.block(replacing: ["YUNITS": "Absorbance (AU)"]).utf8)
    let letter = try #require(bytes.firstIndex(of: UInt8(ascii: "m")))
    bytes[letter] = 0xE9
    let recording = try RecordingReader.read(bytes: bytes, name: "a.jdx")
    #expect(recording.scans[0].sample == "éilk")
  }

  @Test(arguments: [
    ("2026/11/21 09:00:00.123456 +0000", "2026-11-21T09:00:00.123456Z"),
    ("2026/11/21 09:00:00 -0130", "2026-11-21T10:30:00Z"),
    ("2026/11/21 09:00:00", nil), ("2026/11/21", nil), ("2026/11/21 09:00:00 +9999", nil),
  ])
  func `a time counts when it has a zone`(text: String, time: String?) throws {
    let block = JCAMPTests.block("##LONGDATE=\(text)\n##XYPOINTS=(XY..XY)\n900,1\n902.5,1")
    #expect(try JCAMPTests.read(block).scans[0].time == time.flatMap { Timestamp($0) })
  }

  private static let mistakes: [(String, String)] = [
    (
      block(replacing: ["YUNITS": "COUNTS"]),
      ":5: found 'COUNTS'; expected ABSORBANCE, "
        + "REFLECTANCE or TRANSMITTANCE"
    ),
    (
      block(replacing: ["XUNITS": ""]),
      ":1: found no ##XUNITS=; expected NANOMETERS, "
        + "MICROMETERS or 1/CM"
    ),
    (
      block(replacing: ["XUNITS": "SECONDS"]),
      ":4: found 'SECONDS'; expected NANOMETERS, "
        + "MICROMETERS or 1/CM"
    ),
    (block(replacing: ["NPOINTS": "3"]), ":11: found 2 points; expected 3"),
    (block(replacing: ["NPOINTS": "two"]), ":6: found 'two'; expected a number"),
    (block(replacing: ["XFACTOR": "0"]), ":7: found the factor 0; expected another number"),
    (
      block("##PEAK TABLE=(XY..XY)\n900,1"),
      ":11: found ##PEAKTABLE=; expected "
        + "##XYDATA=(X++(Y..Y)) or ##XYPOINTS=(XY..XY)"
    ),
    (
      block("##NTUPLES=NMR FID"),
      ":11: found ##NTUPLES=; expected ##XYDATA=(X++(Y..Y)) or "
        + "##XYPOINTS=(XY..XY)"
    ),
    (
      block("##XYDATA=(X++(R..R))\n900 1"),
      ":11: found '(X++(R..R))'; expected "
        + "##XYDATA=(X++(Y..Y)) or ##XYPOINTS=(XY..XY)"
    ),
    (
      block(""),
      ":1: found a block without a spectrum; expected ##XYDATA=(X++(Y..Y)) or "
        + "##XYPOINTS=(XY..XY)"
    ),
    (
      block("##XYPOINTS=(XY..XY)\n900,1\n902,"),
      ":13: found an abscissa without an ordinate; "
        + "expected pairs of both"
    ),
    (block("##XYPOINTS=(XY..XY)\n900,1 9x1,2"), ":12:8: found 'x1,2'; expected an ordinate"),
    (block("##XYPOINTS=(XY..XY)\n900,J"), ":12:5: found 'J'; expected an ordinate"),
    (
      block("##XYPOINTS=(XY..XY)\n900,1\n900,2"),
      ":13: found wavelength 900.0 nm at point 2; "
        + "expected more than the 900.0 nm before it"
    ),
    (block("##XYDATA=(X++(Y..Y))\n900 1 2 &3"), ":12:9: found '&3'; expected a number"),
    (
      block("##XYDATA=(X++(Y..Y))\nA 1 2"),
      ":12:1: found 'A 1 2'; expected the line's first "
        + "abscissa"
    ),
    (block("##XYDATA=(X++(Y..Y))\n900S"), ":12:4: found 'S'; expected a value to repeat before it"),
    (block("##XYDATA=(X++(Y..Y))\n900J"), ":12:4: found 'J'; expected a value before a difference"),
    (block("##XYDATA=(X++(Y..Y))\n900AZ9999"), ":12:5: found 'Z9999'; expected at most 864 points"),
    (
      block("##XYDATA=(X++(Y..Y))\n900AJ\n902C"),
      ":13:4: found 'C'; expected 2.0 again, the last "
        + "value of the line before"
    ),
    (
      block("##XYDATA=(X++(Y..Y))\n900 1\n907 2"),
      ":13: found the abscissa 907.0 at point 2; "
        + "expected 902.5 after ##FIRSTX= and ##LASTX="
    ),
    (
      block("##XYDATA=(X++(Y..Y))\n900 1 2", ["NPOINTS": ""]),
      ":10: found no ##NPOINTS=; "
        + "expected the number of points"
    ),
    (
      block("##XYDATA=(X++(Y..Y))\n900 1 2", ["LASTX": ""]),
      ":10: found neither ##LASTX= nor "
        + "##DELTAX=; expected one of them"
    ),
    (
      block("##$SYSTEM TEMPERATURE=warm\n##XYPOINTS=(XY..XY)\n1 1\n2 2"),
      ":11: found 'warm'; "
        + "expected a number"
    ),
    (
      block("##$LABEL=high\n##XYPOINTS=(XY..XY)\n1 1\n2 2"),
      ":11: found 'high'; expected a label "
        + "such as target=class"
    ),
    (
      String(block().dropLast(7)),
      ":13: found the end of the file; expected ##END= of the block "
        + "that begins on line 1"
    ),
    (block() + "##END=\n", ":15: found ##END=; expected ##TITLE= before it"),
    (block() + "##OWNER=x\n", ":15: found ##OWNER=; expected ##TITLE="),
    ("$$\ntext\n##TITLE=\n", ":2: found 'text'; expected ##TITLE="),
    ("##TITLE=a\n##TITLE=b\n##END=\n", ":2: found ##TITLE=; expected ##END= of the block before"),
    ("##TITLE=a\n##DATATYPE=LINK\n##END=\n", ": holds no scan; expected at least one"),
    (
      block() + block("##XYPOINTS=(XY..XY)\n900,1\n903,1"),
      ":15: found a block of 2 other points; "
        + "expected the wavelengths of the first block: one recording has one set of them"
    ),
  ]

  @Test(arguments: mistakes.indices)
  func `a mistake is an error with its place`(index: Int) {
    let (text, message) = JCAMPTests.mistakes[index]
    #expect { try JCAMPTests.read(text) } throws: { "\($0)" == "lab/milk_01.jdx" + message }
  }

  private static func block(replacing records: [String: String]) -> String {
    block("##XYPOINTS=(XY..XY)\n900,0.5\n902.5,0.25", records)
  }
}
