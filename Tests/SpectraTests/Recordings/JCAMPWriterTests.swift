import Spectra
import Testing

@Suite struct JCAMPWriterTests {
  @Test func `what JCAMP-DX can carry is read back as it was written`() throws {
    let folder = try TemporaryFolder()
    for (seed, name) in zip(1...100 as ClosedRange<UInt64>, ["a.jdx", "b.DX"].repeated(100)) {
      let recording = Recording.random(seed: seed).reducedToJCAMP()
      let path = folder.path + "/" + name
      try RecordingConversion.write(recording, to: path)
      let isSame = try RecordingReader.read(paths: [path]).isSame(as: recording)
      #expect(isSame, "seed \(seed)")
    }
    #expect(folder.names() == ["a.jdx", "b.DX"], "no partial file is left")
  }

  @Test func `a file looks as the format wants it`() throws {
    let folder = try TemporaryFolder()
    var scan = Scan()
    (scan.sample, scan.absorbance) = ("milk 1", [0.5, .nan, 1e-7])
    scan.time = Timestamp("2026-11-21T09:00:00.123456Z")
    (scan.temperatureCelsius, scan.relativeHumidityPercent) = (41, 31.53)
    scan.labels = ["hdl": "ok", "ldl": "high"]
    var scanner = ScannerDescription()
    (scanner.model, scanner.serialNumber) = ("NIRscan Nano", "6100014")
    let recording = Recording(
      wavelengthsNanometres: [900, 902.25, 905],
      scanner: scanner,
      scans: [scan]
    )
    try RecordingConversion.write(recording, to: folder.path + "/a.jdx")
    let text = String(decoding: folder.read("a.jdx") ?? [], as: UTF8.self)
    #expect(
      text == """
        ##TITLE= milk 1
        ##JCAMP-DX= 4.24
        ##DATA TYPE= INFRARED SPECTRUM
        ##ORIGIN= spectrad
        ##OWNER=
        ##LONGDATE= 2026/11/21 09:00:00.123456 +0000
        ##SPECTROMETER/DATA SYSTEM= NIRscan Nano
        ##$SERIAL NUMBER= 6100014
        ##$SYSTEM TEMPERATURE= 41
        ##$RELATIVE HUMIDITY= 31.53
        ##$LABEL= hdl=ok
        ##$LABEL= ldl=high
        ##XUNITS= NANOMETERS
        ##YUNITS= ABSORBANCE
        ##XFACTOR= 1
        ##YFACTOR= 1
        ##FIRSTX= 900
        ##LASTX= 905
        ##NPOINTS= 3
        ##XYPOINTS= (XY..XY)
        900, 0.5
        902.25, ?
        905, 1E-07
        ##END=

        """
    )
  }

  @Test(arguments: ["two\nlines", "a $$ b", " a", "a ", "tab\there"])
  func `a sample that no title can hold is an error`(sample: String) throws {
    let folder = try TemporaryFolder()
    var recording = Recording.random(seed: 1).reducedToJCAMP()
    recording.scans[0].sample = sample
    #expect { try RecordingConversion.write(recording, to: folder.path + "/a.jdx") } throws: {
      "\($0)".hasSuffix("expected a text of one line without $$ and without space around it")
    }
    recording.scans[0].sample = nil
    recording.scans[0].labels = ["a=b": "low"]
    #expect { try RecordingConversion.write(recording, to: folder.path + "/a.jdx") } throws: {
      "\($0)" == "\(folder.path)/a.jdx: found a label of the name 'a=b'; expected a name without ="
    }
    recording.scans[0].labels = [:]
    recording.scans[0].absorbance = nil
    recording.scans[0].sampleSignal = [1]
    #expect { try RecordingConversion.write(recording, to: folder.path + "/a.jdx") } throws: {
      "\($0)".hasSuffix("expected absorbance, which is what the blocks hold")
    }
    #expect(folder.names().isEmpty)
  }

  @Test func `in a folder a CSV counts and the JCAMP-DX beside it does not`() throws {
    let folder = try TemporaryFolder()
    let jcamp = Recording.random(seed: 2).reducedToJCAMP()
    try folder.write("900\n1\n", to: "both/a.csv")
    try RecordingConversion.write(jcamp, to: folder.path + "/both/a.jdx")
    #expect(try RecordingReader.read(paths: [folder.path + "/both"]).scans.count == 1)
    try folder.write("", to: "alone/README.md")
    try RecordingConversion.write(jcamp, to: folder.path + "/alone/a.dx")
    let alone = try RecordingReader.read(paths: [folder.path + "/alone"])
    #expect(alone.scans.count == jcamp.scans.count)
  }
}

extension [String] {
  fileprivate func repeated(_ times: Int) -> [String] {
    (0..<times).map { self[$0 % count] }
  }
}

extension Recording {
  /// Leaves what a block has records for.
  fileprivate func reducedToJCAMP() -> Recording {
    var scanner = ScannerDescription()
    scanner.model = self.scanner.model
    scanner.serialNumber = self.scanner.serialNumber.map(Recording.plain)
    let scans = scans.enumerated().map { index, scan in
      var reduced = Scan()
      reduced.absorbance = scan.absorbanceValues
      if scan.absorbance == nil, scan.referenceSignal == nil {
        reduced.absorbance = wavelengthsNanometres.map { _ in 0.5 }
      }
      // A lone block without a title takes its sample's name from the file.
      let isAlone = self.scans.count == 1
      reduced.sample = scan.sample.map(Recording.plain) ?? (isAlone ? "sample" : nil)
      (reduced.labels, reduced.time) = (scan.labels, scan.time)
      reduced.temperatureCelsius = scan.temperatureCelsius
      reduced.relativeHumidityPercent = scan.relativeHumidityPercent
      return reduced
    }
    return Recording(
      wavelengthsNanometres: wavelengthsNanometres,
      scanner: scanner,
      scans: scans
    )
  }

  /// A text that a record can hold.
  private static func plain(_ text: String) -> String {
    let scalars = text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
    return "<" + String(String.UnicodeScalarView(scalars)) + ">"
  }
}
