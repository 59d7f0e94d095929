import Spectra
import Testing

@Suite struct RecordingReaderTests {
  private static let header =
    #"{"type":"recording","version":1,"wavelengthsNanometres":[900,901],"scanner":{"#

  @Test func `a folder is one recording, its files sorted by path`() throws {
    let folder = try TemporaryFolder()
    for name in [
      "raw/b/x_02.csv", "raw/b/x_01.csv", "raw/a/deep/y_1_20241119_093331.csv", "raw/z.CSV",
    ] {
      try folder.write(ScannerProgramFile().bytes, to: name)
    }
    try folder.write("not a recording", to: "raw/README.md")
    try folder.write("hidden", to: "raw/.hidden.csv")
    let recording = try RecordingReader.read(paths: [folder.path + "/raw/"])
    #expect(recording.scans.map(\.sample) == ["a/deep/y", "b/x", "b/x", "raw/z"])
    #expect(recording.scanner.serialNumber == "6100014")
  }

  @Test func `files come in the order given and keep only what they agree on`() throws {
    let folder = try TemporaryFolder()
    func file(_ name: String, serial: String) throws -> String {
      try folder.write(
        RecordingReaderTests.header + #""serialNumber":"\#(serial)","model":"Nano"}}"# + "\n"
          + #"{"sample":"\#(name)","absorbance":[1,2]}"# + "\n",
        to: name + ".scans.ndjson"
      )
    }
    let paths = [try file("b", serial: "1"), try file("a", serial: "2")]
    var events: [RecordingReadEvent] = []
    let recording = try RecordingReader.read(paths: paths) { events.append($0) }
    #expect(recording.scans.map(\.sample) == ["b", "a"])
    #expect(recording.scanner.serialNumber == nil)
    #expect(recording.scanner.model == "Nano")
    #expect(
      events == [.progress(file: paths[0], scans: 1), .progress(file: paths[1], scans: 2)]
    )
  }

  @Test(arguments: [
    ("900,902\n1,2\n", "found 902.0 nm at point 2; expected 901.0 nm"),
    ("900\n1\n", "found no wavelength at point 2; expected 901.0 nm"),
    ("900,901,902\n1,2,3\n", "found 902.0 nm at point 3; expected no wavelength"),
  ])
  func `other wavelengths are another recording`(other: String, message: String) throws {
    let folder = try TemporaryFolder()
    let first = try folder.write("900,901\n1,2\n", to: "a.csv")
    let second = try folder.write(other, to: "b.csv")
    #expect { try RecordingReader.read(paths: [first, second]) } throws: {
      "\($0)"
        == "\(second): \(message) as in \(first): one recording has one set of wavelengths"
    }
  }

  @Test func `what is not there, empty or no recording is an error`() throws {
    let folder = try TemporaryFolder()
    try folder.write("", to: "empty/README.md")
    #expect { try RecordingReader.read(paths: [folder.path + "/none"]) } throws: {
      "\($0)" == "\(folder.path)/none: cannot be read: No such file or directory"
    }
    let empty = folder.path + "/empty"
    #expect(throws: RecordingError.empty(file: empty)) { try RecordingReader.read(paths: [empty]) }
    let native = try folder.write(RecordingReaderTests.header + "}}\n", to: "a.scans.ndjson")
    #expect(throws: RecordingError.empty(file: native)) {
      try RecordingReader.read(paths: [native])
    }
  }

  @Test func `a file that cannot be written leaves what was there`() throws {
    let folder = try TemporaryFolder()
    let recording = try RecordingReader.read(bytes: Array("900\n1\n".utf8), name: "a.csv")
    var unnamed = recording
    unnamed.scans[0].absorbance = nil
    unnamed.scans[0].sampleSignal = [1]
    let path = try folder.write("before", to: "a.csv")
    #expect { try RecordingConversion.write(unnamed, to: path) } throws: {
      "\($0)"
        == "\(path): found scan 1 without a reference signal; "
        + "expected absorbance, which is what the columns hold"
    }
    var mislabelled = recording
    mislabelled.scans[0].labels = ["temperature": "low"]
    #expect { try RecordingConversion.write(mislabelled, to: path) } throws: {
      "\($0)"
        == "\(path): found a label of the name 'temperature'; "
        + "expected a name that no other column has"
    }
    #expect(folder.read("a.csv") == Array("before".utf8))
    #expect { try RecordingConversion.write(recording, to: folder.path + "/x/a.csv") } throws: {
      "\($0)" == "\(folder.path)/x/a.csv: cannot be written: No such file or directory"
    }
    #expect { try RecordingConversion.write(recording, to: folder.path + "/a.txt") } throws: {
      "\($0)"
        == "\(folder.path)/a.txt: found this name for the output; "
        + "expected one that ends in .scans.ndjson, .csv, .jdx or .dx"
    }
    try folder.write("", to: "folder.csv/file")
    #expect { try RecordingConversion.write(recording, to: folder.path + "/folder.csv") } throws: {
      "\($0)" == "\(folder.path)/folder.csv: cannot be written: Is a directory"
    }
    #expect(folder.names() == ["a.csv", "folder.csv"])
  }
}
