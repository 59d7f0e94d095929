import Spectra
import Testing

@Suite struct NativeRecordingTests {
  private static let header =
    #"{"type":"recording","version":1,"wavelengthsNanometres":[900,901.5,903]}"# + "\n"
  private static let scan = #"{"sample":"a","absorbance":[0.1,null,0.3],"gain":64}"# + "\n"

  private static func read(_ text: String) throws(RecordingError) -> Recording {
    try RecordingReader.read(bytes: Array(text.utf8), name: "a.scans.ndjson")
  }

  @Test func `a random recording is read back as it was written`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.scans.ndjson"
    for seed in 1...100 as ClosedRange<UInt64> {
      let recording = Recording.random(seed: seed)
      try RecordingConversion.write(recording, to: path)
      let isSame = try RecordingReader.read(paths: [path]).isSame(as: recording)
      #expect(isSame, "seed \(seed)")
    }
    #expect(folder.names() == ["a.scans.ndjson"], "no partial file is left")
  }

  @Test func `a line by another program is read: any order, spaces, escapes, unknown members`()
    throws
  {
    let recording = try NativeRecordingTests.read(
      "\u{FEFF}{ \"new\": {\"a\":[1,{}],\"b\":null}, \"wavelengthsNanometres\" : [9e2, 901.50] ,"
        + "\"version\":1.0,\"type\":\"recording\",\"scanner\":{\"serialNumber\":\"7\",\"x\":-0.1}}"
        + "\r\n"
        + #"{"gain":64.0,"labels":{"h\u00e9":"\ud83e\ude78"},"absorbance":[1E-2,-0],"x":[[true]]}"#
    )
    #expect(recording.wavelengthsNanometres == [900, 901.5])
    #expect(recording.scanner.serialNumber == "7")
    #expect(recording.scans.first?.gain == 64)
    #expect(recording.scans.first?.labels == ["hé": "🩸"])
    #expect(recording.scans.first?.absorbance == [0.01, 0])
  }

  @Test(arguments: [
    ("", "a.scans.ndjson: holds no scan; expected at least one"),
    ("{}\n", "a.scans.ndjson:1:1: found '{}'; expected {\"type\":\"recording\",\"version\":1,…"),
    (
      #"{"type":"recording","version":2,"wavelengthsNanometres":[1]}"#,
      "a.scans.ndjson:1:1: found '{\"type\":\"recording\",\"ver…'; "
        + "expected {\"type\":\"recording\",\"version\":1,…"
    ),
    (
      #"{"type":"recording","version":1,"wavelengthsNanometres":[]}"#,
      "a.scans.ndjson:1: found 0 wavelengths; expected 1 to 864"
    ),
    (
      #"{"type":"recording","version":1,"wavelengthsNanometres":[900,900]}"#,
      "a.scans.ndjson:1: found wavelength 900.0 nm at point 2; "
        + "expected more than the 900.0 nm before it"
    ),
    (
      #"{"type":"recording","version":1,"wavelengthsNanometres":[-1]}"#,
      "a.scans.ndjson:1: found -1.0 nm; expected a positive wavelength"
    ),
    (
      #"{"type":"recording","version":1,"wavelengthsNanometres":[1e400]}"#,
      "a.scans.ndjson:1:58: found '1e400]}'; expected a number that a double can hold"
    ),
  ])
  func `a broken header is refused`(text: String, message: String) {
    #expect { try NativeRecordingTests.read(text) } throws: { "\($0)" == message }
  }

  @Test(arguments: [
    (#"{"absorbance":[1,2]}"#, "2: found 2 points; expected 3"),
    (
      #"{"sample":"a"}"#,
      "2: found a scan without a spectrum; expected sampleSignal and referenceSignal, or absorbance"
    ),
    (
      #"{"sampleSignal":[1,2,2147483648]}"#,
      "2:22: found '2147483648]}'; expected a whole number from -2147483648 to 2147483647"
    ),
    (
      #"{"sampleSignal":[1,0.5,2]}"#,
      "2:20: found '0.5,2]}'; expected a whole number from -2147483648 to 2147483647"
    ),
    (#"{"sampleSignal":[1,null,2]}"#, "2:20: found 'null,2]}'; expected a number"),
    (#"{"absorbance":[1,NaN,2]}"#, "2:18: found 'NaN,2]}'; expected a number"),
    (#"{"absorbance":[1,02,2]}"#, "2:18: found '02,2]}'; expected a number"),
    (#"{"absorbance":[1,.5,2]}"#, "2:18: found '.5,2]}'; expected a number"),
    (#"{"absorbance":[1,2"#, "2:19: found the end of the line; expected ',' or ']'"),
    (#"{"absorbance":[1,2,3]} x"#, "2:24: found 'x'; expected the end of the line"),
    (
      #"{"time":"yesterday"}"#,
      "2:9: found '\"yesterday\"}'; expected a UTC time such as 2026-11-21T09:00:00.123456Z"
    ),
    (#"{"sample":7}"#, "2:11: found '7}'; expected a text"),
    (#"{"sample":"\x"}"#, #"2:12: found '\x"}'; expected an escape of JSON"#),
    (
      #"{"sample":"\ud800"}"#,
      #"2:12: found '\ud800"}'; expected \u and the four digits of a character"#
    ),
    (
      "{\"sample\":\"a␀\"}",
      "2:11: found '\"a?\"}'; expected a text that ends on its line, without control characters"
    ),
    ("␀␀␀", "2:1: found '???'; expected an object"),
    (
      "{\"sample\":\"" + String(repeating: "a", count: 65) + "\",\"absorbance\":[1,2,3]}",
      "2: found the sample name 'aaaaaaaaaaaaaaaaaaaaaaaa…' of 65 bytes; "
        + "expected at most 64 bytes (see --sample-from)"
    ),
  ])
  func `a broken line is an error with its place`(line: String, message: String) {
    // NUL itself would make the test's log a binary file.
    let line = line.replacing("␀", with: "\0")
    let text = NativeRecordingTests.header + line + "\n" + NativeRecordingTests.scan
    #expect { try NativeRecordingTests.read(text) } throws: {
      "\($0)" == "a.scans.ndjson:" + message
    }
  }

  @Test func `nesting and lines have a limit`() {
    let nested = "{\"a\":" + String(repeating: "[", count: 60_000)
    #expect { try NativeRecordingTests.read(NativeRecordingTests.header + nested + "\n") } throws: {
      "\($0)"
        == "a.scans.ndjson:2:38: found '[[[[[[[[[[[[[[[[[[[[[[[[…'; expected at most 32 nested values"
    }
    let long = "{\"a\":\"" + String(repeating: "a", count: 70_000) + "\"}\n"
    #expect { try NativeRecordingTests.read(NativeRecordingTests.header + long) } throws: {
      "\($0)" == "a.scans.ndjson:2:65537: found a line of 70008 bytes; expected at most 65536"
    }
  }

  @Test func `text that is not UTF-8 is refused`() {
    let bytes = Array(NativeRecordingTests.header.utf8) + Array("{\"sample\":\"".utf8) + [0xFF]
    #expect { try RecordingReader.read(bytes: bytes + Array("\"}\n".utf8), name: "a") } throws: {
      "\($0)" == "a:2:11: found '\"?\"}'; expected a text in UTF-8"
    }
  }

  @Test func `wherever a crash tears the last line all scans before it are read`() throws {
    let whole = NativeRecordingTests.header + NativeRecordingTests.scan
    let torn = Array((whole + NativeRecordingTests.scan).utf8)
    for count in whole.utf8.count...torn.count {
      var tornLines: [Int] = []
      let recording = try RecordingReader.read(bytes: Array(torn[..<count]), name: "a") { event in
        if case .tornLine(_, let line) = event { tornLines.append(line) }
      }
      // Without its newline the line is complete all the same.
      let isComplete = count >= torn.count - 1
      #expect(recording.scans.count == (isComplete ? 2 : 1), "\(count) bytes")
      #expect(tornLines == (isComplete || count == whole.utf8.count ? [] : [3]), "\(count) bytes")
    }
  }

  /// Found by the fuzzer: the object was complete and kept, though the line was not.
  @Test func `nothing is kept of a last line with something behind its object`() throws {
    let text = NativeRecordingTests.header + #"{"absorbance":[1,2,3]} {"#
    #expect(try NativeRecordingTests.read(text).scans.isEmpty)
  }

  @Test func `a last line without newline that is whole but wrong is an error`() {
    let text = NativeRecordingTests.header + #"{"absorbance":[1,2]}"#
    #expect(throws: RecordingError.self) { try NativeRecordingTests.read(text) }
  }

  @Test func `numbers are read to the last bit`() throws {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<2_000 {
      let value = Double(bitPattern: generator.next())
      guard value.isFinite else { continue }
      let text = NativeRecordingTests.header + "{\"absorbance\":[\(value),0,0]}"
      let readBack = try NativeRecordingTests.read(text).scans.first?.absorbance?.first
      #expect(readBack?.bitPattern == value.bitPattern, "\(value)")
    }
  }
}
