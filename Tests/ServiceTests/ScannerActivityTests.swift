import Publishing
import Service
import Spectra
import Streaming
import Testing

/// What the daemon says about its scanners, and what it has counted.
@Suite struct ScannerActivityTests {
  private let activity = ScannerActivity()

  private static func report(
    _ name: String,
    at place: String = "usb:1-1",
    _ state: String = "ready",
    reason: String? = nil,
    seconds: Int64 = 1
  ) -> ScannerReport {
    ScannerReport(
      place: place,
      name: name,
      state: state,
      reason: reason,
      model: "NIRscan Nano",
      firmware: "2.1.0",
      time: Timestamp(microsecondsSinceEpoch: seconds * 1_000_000)
    )
  }

  private static func prediction(
    scans: Int,
    isFinal: Bool = false,
    classIndex: Int? = 1,
    reasons: QualityReasons = []
  ) -> Prediction {
    Prediction(
      time: Timestamp(microsecondsSinceEpoch: 7),
      scanner: "6100014",
      sample: "milk",
      sampleId: "",
      scans: scans,
      final: isFinal,
      temperatureCelsius: nil,
      relativeHumidityPercent: nil,
      referenceKind: .factory,
      referenceAgeSeconds: nil,
      targets: [
        TargetPrediction(
          name: "fat",
          classes: ["low", "ok"],
          probabilities: [0.1, 0.9],
          classIndex: classIndex,
          reasons: []
        )
      ],
      accepted: reasons.isEmpty,
      qualityReasons: reasons,
      latencyMicroseconds: nil,
      demonstration: false,
      bundle: nil
    )
  }

  private static func header(scans: Int, isFinal: Bool = false) -> PredictionSlot.Header {
    var header = PredictionSlot.Header()
    (header.sampleIdentity, header.scansCount) = (SampleIdentity(high: 5, low: 6), scans)
    header.sampleName = SampleName("milk") ?? SampleName()
    header.sampleBegan = Timestamp(microsecondsSinceEpoch: 3)
    header.isFinal = isFinal
    return header
  }

  private static var scan: ScanHeader {
    var scan = ScanHeader()
    scan.time = Timestamp(microsecondsSinceEpoch: 42)
    (scan.temperatureCelsius, scan.detectorTemperatureCelsius) = (31.5, 20.25)
    (scan.relativeHumidityPercent, scan.lampPhotodiode) = (40.5, 2_900)
    (scan.referenceKind, scan.referenceAgeSeconds) = (.user, 60)
    return scan
  }

  @Test func `a scanner is known by its place until it says its name`() throws {
    activity.stateChanged(
      ScannerActivityTests.report("usb:1-1", "connecting"),
      number: nil,
      explanation: nil
    )
    #expect(activity.scanners.map(\.name) == ["usb:1-1"])
    activity.stateChanged(
      ScannerActivityTests.report("6100014", reason: "lampWeak", seconds: 2),
      number: 3,
      explanation: "the scanner reports lampWeak"
    )
    let scanner = try #require(activity.scanners.first)
    #expect(activity.scanners.count == 1)
    #expect(scanner.name == "6100014" && scanner.number == 3 && scanner.place == "usb:1-1")
    #expect(scanner.reason == "lampWeak" && scanner.explanation == "the scanner reports lampWeak")
    #expect(scanner.model == "NIRscan Nano" && scanner.firmware == "2.1.0")
    // Another reason is not another state.
    activity.stateChanged(
      ScannerActivityTests.report("6100014", seconds: 9),
      number: 3,
      explanation: nil
    )
    #expect(activity.scanners[0].since == Timestamp(microsecondsSinceEpoch: 2_000_000))
    #expect(activity.scanners[0].reason == nil && activity.scanners[0].explanation == nil)
  }

  @Test func `a place where nobody is any more is not listed`() {
    for (state, reason) in [("connecting", nil), ("disconnected", "deviceGone")] {
      activity.stateChanged(
        ScannerActivityTests.report("usb:1-1", state, reason: reason),
        number: nil,
        explanation: nil
      )
    }
    #expect(activity.scanners.isEmpty)
  }

  @Test func `answers say what the scanner does`() throws {
    activity.stateChanged(ScannerActivityTests.report("6100014"), number: 1, explanation: nil)
    activity.lampUsed(of: "6100014", hours: 12.5)
    activity.sampleBegan(ScannerActivityTests.header(scans: 0), scanner: "6100014")
    #expect(activity.scanners[0].openSample?.scans == 0)
    activity.answered(
      ScannerActivityTests.prediction(scans: 0, reasons: [.lowLight, .saturated]),
      ScannerActivityTests.header(scans: 0),
      scan: ScannerActivityTests.scan
    )
    activity.answered(
      ScannerActivityTests.prediction(scans: 1),
      ScannerActivityTests.header(scans: 1),
      scan: ScannerActivityTests.scan
    )
    activity.scansLost(4, scanner: "6100014")
    var scanner = try #require(activity.scanners.first)
    #expect(scanner.scans == 2 && scanner.scansLost == 4 && scanner.lampHours == 12.5)
    #expect(scanner.rejections == ["lowLight": 1, "saturated": 1])
    let open = try #require(scanner.openSample)
    #expect(open.identity == SampleIdentity(high: 5, low: 6) && open.name == "milk")
    #expect(open.scans == 1 && open.began == Timestamp(microsecondsSinceEpoch: 3))
    let last = try #require(scanner.lastScan)
    #expect(last.time == Timestamp(microsecondsSinceEpoch: 42) && last.lampPhotodiode == 2_900)
    #expect(last.temperatureCelsius == 31.5 && last.detectorTemperatureCelsius == 20.25)
    #expect(last.relativeHumidityPercent == 40.5)
    #expect(last.referenceKind == .user && last.referenceAgeSeconds == 60)
    activity.answered(
      ScannerActivityTests.prediction(scans: 1, isFinal: true),
      ScannerActivityTests.header(scans: 1, isFinal: true),
      scan: nil
    )
    scanner = activity.scanners[0]
    #expect(scanner.openSample == nil && scanner.scans == 2)
  }

  @Test func `final answers are counted by target and class`() {
    for classIndex in [1, 1, 0, nil, 1] {
      activity.answered(
        ScannerActivityTests.prediction(scans: 1, isFinal: true, classIndex: classIndex),
        ScannerActivityTests.header(scans: 1, isFinal: true),
        scan: nil
      )
    }
    #expect(activity.answers.map(\.target) == ["fat", "fat", "fat"])
    #expect(activity.answers.map(\.className) == [nil, "low", "ok"])
    #expect(activity.answers.map(\.count) == [1, 1, 3])
  }

  @Test func `so many scanners are remembered, those that are ready above all`() {
    activity.stateChanged(ScannerActivityTests.report("here"), number: 1, explanation: nil)
    for number in 0..<300 {
      let report = ScannerActivityTests.report(
        "\(number)",
        at: "usb:2-\(number)",
        "disconnected",
        seconds: Int64(number + 2)
      )
      activity.stateChanged(report, number: nil, explanation: nil)
    }
    #expect(activity.scanners.count == 256)
    #expect(activity.scanners.first?.name == "here")
    #expect(activity.scanners.last?.name == "299")
    #expect(activity.scanners[1].name == "45")
  }
}
