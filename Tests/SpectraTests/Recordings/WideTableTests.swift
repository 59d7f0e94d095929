import Spectra
import Testing

@Suite struct WideTableTests {
  private static func read(
    _ text: String,
    _ options: RecordingReadOptions = .init()
  ) throws(RecordingError) -> Recording {
    try RecordingReader.read(bytes: Array(text.utf8), name: "lab/wide.csv", options: options)
  }

  private static func labels(_ columns: String...) -> RecordingReadOptions {
    RecordingReadOptions(labels: columns.compactMap { LabelColumn($0) })
  }

  @Test func `what the wide CSV can carry is read back as it was written`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.csv"
    for seed in 1...100 as ClosedRange<UInt64> {
      let recording = Recording.random(seed: seed).reducedToWideTable()
      try RecordingConversion.write(recording, to: path)
      let isSame = try RecordingReader.read(paths: [path]).isSame(as: recording)
      #expect(isSame, "seed \(seed)")
    }
    #expect(folder.names() == ["a.csv"], "no partial file is left")
  }

  @Test func `columns are known by their headers, others are passed over`() throws {
    let recording = try WideTableTests.read(
      "\u{FEFF},donation_id,absorbance1,absorbance0,note,temperature,humidity,hdl,ldl,other\r\n"
        + "0,1975,0.5,0.25,x,42.5,37.75,low,ok,low\r\n"
        + "1, 1976 ,,inf,,,nan,,high,wide\r\n\r\n",
      RecordingReadOptions(axisNanometres: 900...1700)
    )
    #expect(recording.wavelengthsNanometres == [900, 1700])
    #expect(recording.scans.map(\.sample) == ["1975", "1976"])
    #expect(recording.scans[0].absorbance == [0.25, 0.5])
    #expect(recording.scans[1].absorbance?.allSatisfy(\.isNaN) == true)
    #expect(recording.scans.map(\.temperatureCelsius) == [42.5, nil])
    #expect(recording.scans.map(\.relativeHumidityPercent) == [37.75, nil])
    #expect(recording.scans.map(\.labels) == [["hdl": "low", "ldl": "ok"], ["ldl": "high"]])
  }

  @Test func `semicolons separate where commas are decimal marks`() throws {
    let recording = try WideTableTests.read("donation_id;900,5;901\na,b;0,25;0.5\n")
    #expect(recording.wavelengthsNanometres == [900.5, 901])
    #expect(recording.scans[0].sample == "a,b")
    #expect(recording.scans[0].absorbance == [0.25, 0.5])
  }

  @Test func `labels may have any name, or numbers that the operator explains`() throws {
    let text = "900,powder,hdl\n0.5,caffeine,0\n0.5,low,2\n"
    let options = WideTableTests.labels("powder", "hdl=low,ok,high")
    #expect(
      try WideTableTests.read(text, options).scans.map(\.labels)
        == [["powder": "caffeine", "hdl": "low"], ["powder": "low", "hdl": "high"]]
    )
    #expect(try WideTableTests.read(text).scans.map(\.labels) == [[:], [:]])
  }

  @Test func `a label column with a misspelt class is told, not dropped in silence`() throws {
    let text = "900,hdl,ldl,note\n1,low,low,a\n1,ok,hihg,\n1,,ok,ok\n1,high,\"\",low\n"
    var doubts: [DoubtfulLabels] = []
    let recording = try RecordingReader.read(bytes: Array(text.utf8), name: "a.csv") { event in
      if case .doubtfulLabels(let doubt) = event { doubts.append(doubt) }
    }
    #expect(
      doubts.map(\.description) == [
        "a.csv:3:6: found 'hihg' in column 'ldl'; expected low, ok or high as in 2 of its rows, "
          + "but not in 2",
        "a.csv:2:11: found 'a' in column 'note'; expected low, ok or high as in 2 of its rows, "
          + "but not in 1",
      ]
    )
    #expect(recording.scans.map(\.labels) == [["hdl": "low"], ["hdl": "ok"], [:], ["hdl": "high"]])
    let named = RecordingReadOptions(labels: [LabelColumn("ldl=low,ok,high")].compactMap(\.self))
    #expect { try WideTableTests.read(text, named) } throws: {
      "\($0)" == "lab/wide.csv:3:6: found 'hihg'; expected 0 to 2 for low, ok, high"
    }
  }

  @Test func `numbers in quotes may have decimal commas, and no label has such a name`() throws {
    let recording = try WideTableTests.read("donation_id,\"900,5\",901\n\"1,5\",\"0,25\",0.5\n")
    #expect(recording.wavelengthsNanometres == [900.5, 901])
    #expect(recording.scans[0].sample == "1,5")
    #expect(recording.scans[0].absorbance == [0.25, 0.5])
    let folder = try TemporaryFolder()
    var labelled = recording
    labelled.scans[0].labels = ["901,5": "low"]
    #expect(throws: RecordingError.self) {
      try RecordingConversion.write(labelled, to: folder.path + "/a.csv")
    }
  }

  @Test func `columns that hold no label at all are metadata`() throws {
    var events: [RecordingReadEvent] = []
    let text = "900,powder,count\n1,caffeine,3\n1,water,4\n"
    let recording = try RecordingReader.read(bytes: Array(text.utf8), name: "a.csv") {
      events.append($0)
    }
    #expect(events.isEmpty)
    #expect(recording.scans.map(\.labels) == [[:], [:]])
  }

  @Test(arguments: [
    ("{Reading_ID}", "ID_1"), ("{folder}/{name}-{Reading_ID}", "lab/wide-ID_1"), ("fixed", "fixed"),
  ])
  func `samples are named by a pattern`(pattern: String, name: String) throws {
    let options = RecordingReadOptions(sampleFrom: SamplePattern(pattern))
    let recording = try WideTableTests.read("Reading_ID,donation_id,900\nID_1,7,0.5\n", options)
    #expect(recording.scans.map(\.sample) == [name])
  }

  @Test(arguments: ["", "{", "}", "{}", "a{b", "a}b", "{a{b}}"])
  func `a pattern with braces that do not match is none`(text: String) {
    #expect(SamplePattern(text) == nil)
  }

  @Test(arguments: ["", "=", "a=", "a=low,,high", "=low"])
  func `a label column without a name or with an empty class is none`(text: String) {
    #expect(LabelColumn(text) == nil)
  }

  @Test(arguments: [
    ("\u{FEFF}\n \n", ": holds no scan; expected at least one"),
    ("900,901\n", ": holds no scan; expected at least one"),
    (
      "a,b\n1,2\n",
      ": found 'a'; expected a native recording, a CSV of TI's program, or a CSV with columns "
        + "absorbance0, … or wavelengths"
    ),
    (
      "absorbance0,absorbance1\n1,2\n",
      ":1: found 2 absorbance columns without wavelengths; expected numeric headers in "
        + "nanometres or an axis such as --axis 900:1700"
    ),
    (
      "absorbance0,absorbance2\n1,2\n",
      ":1:13: found 'absorbance2'; expected absorbance1, every number once"
    ),
    (
      "absorbance0,absorbance00\n1,2\n",
      ":1:13: found 'absorbance00'; expected absorbance1, every number once"
    ),
    (
      "absorbance-1,900,absorbance0\n1,2,3\n",
      ":1:18: found 'absorbance0'; expected only wavelengths, as in the columns before"
    ),
    (
      "900,900\n1,2\n",
      ":1:5: found wavelength 900.0 nm at point 2; expected more than the 900.0 nm before it"
    ),
    ("-5,900\n1,2\n", ":1:1: found -5.0 nm; expected a positive wavelength"),
    (
      "900,temperature,temperature\n1,2,3\n",
      ":1:17: found 'temperature'; expected a header that no other column has"
    ),
    ("900,901\n1\n", ":2: found 1 cells; expected 2 as in the header"),
    ("900,901\n1,2,3\n", ":2: found 3 cells; expected 2 as in the header"),
    ("900,901\n1,0.5x\n", ":2:3: found '0.5x'; expected a number"),
    ("900,901\n1,1e400\n", ":2:3: found '1e400'; expected a number that a double can hold"),
    (
      "900,901\n1,\"2\"3\n",
      ":2:4: found '2'; expected nothing between a quoted cell and the next"
    ),
    (
      "PK\u{3}\u{4}␀␀\n",
      ": found 'PK????'; expected a native recording, a CSV of TI's program, or a CSV with "
        + "columns absorbance0, … or wavelengths"
    ),
  ])
  func `a broken file is an error with its place`(text: String, message: String) {
    // NUL itself would make the test's log a binary file.
    let text = text.replacing("␀", with: "\0")
    #expect { try WideTableTests.read(text) } throws: { "\($0)" == "lab/wide.csv" + message }
  }

  @Test func `options that the file does not fit are errors`() {
    let text = "900,hdl\n0.5,3\n"
    #expect { try WideTableTests.read(text, WideTableTests.labels("ldl")) } throws: {
      "\($0)" == "lab/wide.csv:1: found no column 'ldl'; expected the label column that was named"
    }
    #expect { try WideTableTests.read(text, WideTableTests.labels("hdl=low,ok,high")) } throws: {
      "\($0)" == "lab/wide.csv:2:5: found '3'; expected 0 to 2 for low, ok, high"
    }
    let pattern = RecordingReadOptions(sampleFrom: SamplePattern("{ID}"))
    #expect { try WideTableTests.read(text, pattern) } throws: {
      "\($0)"
        == "lab/wide.csv: found the placeholder {ID}; "
        + "expected one of {folder} {name} {file} {900} {hdl}"
    }
  }

  @Test func `more columns than the program allows are refused`() {
    let many = (1...865).map(String.init).joined(separator: ",")
    #expect { try WideTableTests.read(many + "\n" + many + "\n") } throws: {
      "\($0)" == "lab/wide.csv:1:1: found 865 wavelengths; expected 1 to 864"
    }
    let commas = String(repeating: ",", count: 5_000)
    #expect { try WideTableTests.read("900" + commas + "\n") } throws: {
      "\($0)"
        == "lab/wide.csv:1: found more than 4096 cells; "
        + "expected a column per wavelength and a few more"
    }
  }
}

extension Recording {
  /// Leaves what a wide CSV has columns for.
  fileprivate func reducedToWideTable() -> Recording {
    let scans = scans.map { scan in
      var reduced = Scan()
      reduced.absorbance = scan.absorbanceValues
      if scan.absorbance == nil, scan.referenceSignal == nil {
        reduced.absorbance = wavelengthsNanometres.map { _ in 0.5 }
      }
      reduced.sample = scan.sample
      reduced.labels = scan.labels
      reduced.temperatureCelsius = scan.temperatureCelsius
      reduced.relativeHumidityPercent = scan.relativeHumidityPercent
      return reduced
    }
    return Recording(
      wavelengthsNanometres: wavelengthsNanometres,
      scanner: .init(),
      scans: scans
    )
  }
}
