import Publishing
import Spectra
import Testing

@Suite struct StreamLinesTests {
  @Test(arguments: [
    (
      StreamEvent.scanner(Example.scanner),
      #"{"type":"scanner","seq":7,"time":"2026-11-21T09:00:00.123456Z","scanner":"6100014","#
        + #""state":"ready","reason":null,"model":"NIRscan Nano","firmware":"2.1.0"}"#
    ),
    (
      .bundle(Example.bundle, time: Example.time),
      #"{"type":"bundle","seq":7,"time":"2026-11-21T09:00:00.123456Z","name":"blood-synthetic","#
        + #""version":"1.0.0","sha256":"00ff"}"#
    ),
    (
      .scansLost(scanner: "6100014", count: 3, reason: "ringFull", time: Example.time),
      #"{"type":"scansLost","seq":7,"time":"2026-11-21T09:00:00.123456Z","scanner":"6100014","#
        + #""count":3,"reason":"ringFull"}"#
    ),
    (
      .prediction(Example.prediction, monotonicNanoseconds: nil),
      #"{"type":"prediction","seq":7,"time":"2026-11-21T09:00:00.123456Z","scanner":"6100014","#
        + #""sample":"2250","sampleId":"01J","scans":17,"final":false,"temperatureCelsius":41.09,"#
        + #""relativeHumidityPercent":31.53,"reference":{"kind":"factory","ageSeconds":null},"#
        + #""targets":[{"name":"hdl_cholesterol","class":"ok","#
        + #""probabilities":{"low":0.11,"ok":0.71,"high":0.18},"reasons":[]}],"#
        + #""quality":{"accepted":true,"reasons":[]},"latencyMicroseconds":1840,"#
        + #""demonstration":true,"bundle":"blood-synthetic@1.0.0"}"#
    ),
    (
      .prediction(Example.abstention, monotonicNanoseconds: nil),
      #"{"type":"prediction","seq":7,"time":"2026-11-21T09:00:00.123456Z","scanner":"6100014","#
        + #""sample":"2250","sampleId":"01J","scans":0,"final":true,"temperatureCelsius":null,"#
        + #""relativeHumidityPercent":null,"reference":{"kind":null,"ageSeconds":12.5},"#
        + #""targets":[{"name":"hdl_cholesterol","class":null,"probabilities":{},"#
        + #""reasons":["flatSpectrum","lowConfidence"]}],"#
        + #""quality":{"accepted":false,"reasons":["saturated","noBundle"]},"#
        + #""latencyMicroseconds":null,"demonstration":false,"bundle":null}"#
    ),
  ])
  func `each event has its line, member by member`(event: StreamEvent, line: String) {
    #expect(String(decoding: StreamLines.line(event, sequence: 7), as: UTF8.self) == line + "\n")
  }
}

/// The contract's own examples.
enum Example {
  static let time = Timestamp(microsecondsSinceEpoch: 1_795_251_600_123_456)
  static let scanner = ScannerReport(
    place: "usbip://127.0.0.1:3240/1-1",
    name: "6100014",
    state: ScannerReport.ready,
    reason: nil,
    model: "NIRscan Nano",
    firmware: "2.1.0",
    time: time
  )
  static let bundle = BundleReport(
    name: "blood-synthetic",
    version: "1.0.0",
    sha256: "00ff",
    demonstration: true
  )
  static let prediction = Prediction(
    time: time,
    scanner: "6100014",
    sample: "2250",
    sampleId: "01J",
    scans: 17,
    final: false,
    temperatureCelsius: 41.09,
    relativeHumidityPercent: 31.53,
    referenceKind: .factory,
    referenceAgeSeconds: nil,
    targets: [
      TargetPrediction(
        name: "hdl_cholesterol",
        classes: ["low", "ok", "high"],
        probabilities: [0.11, 0.71, 0.18],
        classIndex: 1,
        reasons: []
      )
    ],
    accepted: true,
    qualityReasons: [],
    latencyMicroseconds: 1840,
    demonstration: true,
    bundle: "blood-synthetic@1.0.0"
  )
  static var abstention: Prediction {
    var prediction = Example.prediction
    (prediction.scans, prediction.final, prediction.accepted) = (0, true, false)
    (prediction.temperatureCelsius, prediction.relativeHumidityPercent) = (nil, .nan)
    (prediction.referenceKind, prediction.referenceAgeSeconds) = (.none, 12.5)
    prediction.targets[0].probabilities = []
    prediction.targets[0].classIndex = nil
    prediction.targets[0].reasons = [.flatSpectrum, .lowConfidence]
    prediction.qualityReasons = [.noBundle, .saturated]
    prediction.latencyMicroseconds = nil
    (prediction.demonstration, prediction.bundle) = (false, nil)
    return prediction
  }
  /// An answer of which clients know the number by `scans`.
  static func numbered(_ number: Int) -> StreamEvent {
    var prediction = Example.prediction
    prediction.scans = number
    return .prediction(prediction, monotonicNanoseconds: nil)
  }
}
