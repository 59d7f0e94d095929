import Spectra
import Testing

@Suite struct NativeRecordingWriterTests {
  private let wavelengths = [900.0, 950.5]

  private func scan(_ sample: String) -> Scan {
    var scan = Scan()
    (scan.sample, scan.absorbance) = (sample, [0.5, .nan])
    return scan
  }

  private func append(_ scans: [Scan], to path: String, serial: String? = nil) throws {
    var scanner = ScannerDescription()
    scanner.serialNumber = serial
    let writer = try NativeRecordingWriter(
      path: path,
      wavelengthsNanometres: wavelengths,
      scanner: scanner
    )
    for scan in scans { try writer.append(scan) }
    try writer.synchronize()
  }

  @Test func `a recording is continued and a torn line is cut off first`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.scans.ndjson"
    try append([scan("1"), scan("2")], to: path)
    let whole = folder.read("a.scans.ndjson") ?? []
    // Longer than any line, as disks leave it behind when they lose power.
    let torn = Array("{\"sample\":\"torn".utf8) + [UInt8](repeating: 0, count: 100_000)
    try folder.write(whole + torn, to: "a.scans.ndjson")
    try append([scan("3")], to: path)
    let recording = try RecordingReader.read(paths: [path])
    #expect(recording.scans.map(\.sample) == ["1", "2", "3"])
  }

  @Test func `a header that a crash tore is written again`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(#"{"type":"reco"#, to: "a.scans.ndjson")
    try append([scan("1")], to: path)
    #expect(try RecordingReader.read(paths: [path]).scans.count == 1)
  }

  @Test(arguments: ["another format\n", "{\"type\":\"recording\"}\n", "x"])
  func `a file that was begun for something else is not touched`(content: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(content, to: "a.scans.ndjson")
    #expect { try append([scan("1")], to: path) } throws: {
      "\($0)"
        == "\(path): was begun for other wavelengths or another scanner; "
        + "expected the same first line, or a new file"
    }
    #expect(folder.read("a.scans.ndjson") == Array(content.utf8))
  }

  @Test func `another scanner needs another file`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.scans.ndjson"
    try append([scan("1")], to: path, serial: "1")
    #expect(throws: RecordingError.headerDiffers(file: path)) {
      try append([scan("2")], to: path, serial: "2")
    }
  }

  @Test func `the line of a scan holds the prediction, and readers pass over it`() throws {
    var generator = SeededGenerator(seed: 1)
    var scan = Scan.random(pointCount: 2, using: &generator)
    (scan.time, scan.sample, scan.labels) = (.init(microsecondsSinceEpoch: 0), "2250", [:])
    (scan.sampleSignal, scan.referenceSignal, scan.absorbance) = ([3, 4], [5, 6], nil)
    (scan.temperatureCelsius, scan.detectorTemperatureCelsius) = (41.09, nil)
    (scan.relativeHumidityPercent, scan.lampPhotodiode, scan.gain) = (31.5, 3803, 64)
    (scan.repeats, scan.deviceTime, scan.scanIndex) = (6, nil, 7)
    let answer = TargetPrediction(
      name: "hdl_cholesterol",
      classes: ["low", "ok"],
      probabilities: [0.25, 0.75],
      classIndex: 1,
      reasons: [.lowConfidence]
    )
    let prediction = Prediction(
      time: .init(microsecondsSinceEpoch: 0),
      scanner: "6100014",
      sample: "2250",
      sampleId: "01J",
      scans: 17,
      final: false,
      temperatureCelsius: 41.09,
      relativeHumidityPercent: 31.5,
      referenceKind: .factory,
      referenceAgeSeconds: nil,
      targets: [answer],
      accepted: false,
      qualityReasons: [.lowLight],
      latencyMicroseconds: 1840,
      demonstration: true,
      bundle: "blood-synthetic@1.0.0"
    )
    let line = scan.nativeLine(prediction: prediction)
    #expect(
      String(decoding: line, as: UTF8.self)
        == #"{"time":"1970-01-01T00:00:00.000000Z","sample":"2250","sampleSignal":[3,4],"#
        + #""referenceSignal":[5,6],"temperatureCelsius":41.09,"detectorTemperatureCelsius":null,"#
        + #""relativeHumidityPercent":31.5,"lampPhotodiode":3803,"gain":64,"repeats":6,"#
        + #""deviceTime":null,"scanIndex":7,"prediction":{"sampleId":"01J","scans":17,"#
        + #""final":false,"targets":[{"name":"hdl_cholesterol","class":"ok","#
        + #""probabilities":{"low":0.25,"ok":0.75},"reasons":["lowConfidence"]}],"#
        + #""quality":{"accepted":false,"reasons":["lowLight"]},"demonstration":true,"#
        + #""bundle":"blood-synthetic@1.0.0"}}"# + "\n"
    )
    let header = Recording.nativeHeader(wavelengthsNanometres: [1, 2], scanner: .init())
    let readBack = try RecordingReader.read(bytes: header + line, name: "a")
    #expect(readBack.scans == [scan])
  }
}
