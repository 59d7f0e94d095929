import Service
import Spectra
import Streaming
import Testing

@Suite struct ClassificationTests {
  private static func classifier() throws -> BundleClassifier {
    try BundleClassifier(try BundleLoader.load(folder: BundleCopy.goldenPath))
  }

  private static func predictions(
    of recording: Recording,
    with classifier: BundleClassifier? = nil
  ) throws -> [Prediction] {
    var session = RecordingClassifier(
      try classifier ?? ClassificationTests.classifier(),
      scanner: "INVENT1"
    )
    var result: [Prediction] = []
    for (index, sample) in recording.samples.enumerated() {
      session.classify(sample, number: index + 1, of: recording) { result.append($0) }
    }
    return result
  }

  @Test func `each scan is answered, and each sample once more at its end`() throws {
    let recording = InventedSpectra.recording(samples: 3, scans: 4)
    let predictions = try ClassificationTests.predictions(of: recording)
    #expect(predictions.map(\.scans) == [1, 2, 3, 4, 4, 1, 2, 3, 4, 4, 1, 2, 3, 4, 4])
    #expect(predictions.indices.allSatisfy { predictions[$0].final == ($0 % 5 == 4) })
    #expect(
      predictions.map(\.sample) == (1...3).flatMap { Array(repeating: "sample \($0)", count: 5) }
    )
    #expect(predictions.allSatisfy { $0.accepted && $0.qualityReasons.isEmpty })
    #expect(predictions.allSatisfy { $0.targets.map(\.name) == ["ripeness", "sweetness"] })
    #expect(predictions.allSatisfy { $0.bundle == "tests@1.0.0" && $0.demonstration })
    #expect(predictions.allSatisfy { $0.scanner == "INVENT1" && $0.latencyMicroseconds == nil })
    for sample in 0..<3 {
      let ofSample = predictions[(5 * sample)..<(5 * sample + 5)]
      #expect(Set(ofSample.map(\.sampleId)).count == 1)
      #expect(ofSample.last?.targets == ofSample.dropLast().last?.targets)
    }
    #expect(Set(predictions.map(\.sampleId)).count == 3)
    for target in predictions.flatMap(\.targets) {
      #expect(abs(target.probabilities.reduce(0, +) - 1) < 1e-9)
    }
  }

  @Test func `samples that differ are answered differently`() throws {
    let recording = InventedSpectra.recording(samples: 5, scans: 1)
    let finals = try ClassificationTests.predictions(of: recording).filter(\.final)
    #expect(Set(finals.map { $0.targets[0].probabilities }).count == 5)
  }

  @Test func `a sample is a run of scans under one name`() throws {
    var recording = InventedSpectra.recording(samples: 3, scans: 2)
    for index in 4..<6 { recording.scans[index].sample = "sample 1" }
    let finals = try ClassificationTests.predictions(of: recording).filter(\.final)
    #expect(finals.map(\.sample) == ["sample 1", "sample 2", "sample 1"])
    for index in recording.scans.indices { recording.scans[index].sample = nil }
    let unnamed = try ClassificationTests.predictions(of: recording).filter(\.final)
    #expect(unnamed.map(\.sample) == ["1"])
    #expect(unnamed.map(\.scans) == [6])
  }

  @Test func `a run of more scans than a sample may have is cut`() {
    var recording = InventedSpectra.recording(samples: 1, scans: 1)
    recording.scans = Array(repeating: recording.scans[0], count: 1_025)
    #expect(recording.samples.map(\.scans) == [0..<1_024, 1_024..<1_025])
  }

  /// What can be wrong with a scan.
  enum Fault: CaseIterable {
    case noValueInTheWindow, noTemperature, noHumidity, noReference, tooLittleLight

    var reasons: QualityReasons {
      switch self {
      case .noValueInTheWindow: .nonFinite
      case .noTemperature, .noHumidity: .sensorMissing
      case .noReference: .referenceMissing
      case .tooLittleLight: .lowLight
      }
    }

    func spoil(_ scan: inout Scan) {
      switch self {
      case .noValueInTheWindow: scan.absorbance?[60] = .nan
      case .noTemperature: scan.temperatureCelsius = nil
      case .noHumidity: scan.relativeHumidityPercent = nil
      case .noReference:
        scan.absorbance = nil
        scan.sampleSignal = Array(repeating: 1_000, count: 228)
      case .tooLittleLight:
        scan.sampleSignal = Array(repeating: 1_000, count: 228)
        scan.sampleSignal?[60] = 40
      }
    }
  }

  @Test(arguments: Fault.allCases)
  func `a rejected scan is told and changes nothing`(fault: Fault) throws {
    var recording = InventedSpectra.recording(samples: 1, scans: 4)
    let good = try ClassificationTests.predictions(of: recording)
    var spoilt = recording.scans[1]
    for index in 0..<228 { spoilt.absorbance?[index] += 0.3 }
    spoilt.temperatureCelsius = 60
    fault.spoil(&spoilt)
    recording.scans.insert(spoilt, at: 2)
    let predictions = try ClassificationTests.predictions(of: recording)
    #expect(predictions.map(\.scans) == [1, 2, 2, 3, 4, 4])
    #expect(predictions.map(\.accepted) == [true, true, false, true, true, true])
    #expect(predictions[2].qualityReasons == fault.reasons)
    #expect(predictions[2].targets == predictions[1].targets)
    #expect(predictions[2].temperatureCelsius == predictions[1].temperatureCelsius)
    #expect(predictions.last?.targets == good.last?.targets)
    #expect(predictions.last?.temperatureCelsius == good.last?.temperatureCelsius)
  }

  @Test func `a point without a value outside the window does not matter`() throws {
    var recording = InventedSpectra.recording(samples: 1, scans: 2)
    let good = try ClassificationTests.predictions(of: recording)
    recording.scans[0].absorbance?[2] = .nan
    recording.scans[1].absorbance?[220] = .nan
    let predictions = try ClassificationTests.predictions(of: recording)
    #expect(predictions.map(\.targets) == good.map(\.targets))
  }

  @Test func `saturated and mismatched scans are rejected`() throws {
    var sample = SampleInProgress(
      bundleGeneration: 1,
      classifier: try ClassificationTests.classifier()
    )
    var frame = ScanFrame()
    var slot = PredictionSlot()
    sample.begin(at: Timestamp(microsecondsSinceEpoch: 0), name: SampleName())
    InventedSpectra.fill(&frame, sample: 1, scan: 1)
    frame.header.maximumRawCount = 7_999_999
    sample.add(frame, answerInto: &slot)
    #expect(slot.header.isAccepted && sample.scansCount == 1)
    frame.header.maximumRawCount = 8_000_000
    sample.add(frame, answerInto: &slot)
    #expect(slot.header.qualityReasons == .saturated && sample.scansCount == 1)
    frame.header.maximumRawCount = 2_000
    frame.header.referenceKind = .user
    sample.add(frame, answerInto: &slot)
    #expect(slot.header.qualityReasons == .referenceMismatch && sample.scansCount == 1)
  }

  @Test func `a sample without an accepted scan ends without classes`() throws {
    var recording = InventedSpectra.recording(samples: 1, scans: 3)
    for index in 0..<3 { recording.scans[index].temperatureCelsius = nil }
    let predictions = try ClassificationTests.predictions(of: recording)
    #expect(predictions.count == 4)
    #expect(predictions.allSatisfy { $0.scans == 0 && !$0.accepted })
    #expect(predictions.map(\.final) == [false, false, false, true])
    for target in predictions.flatMap(\.targets) {
      #expect(target.classIndex == nil && target.probabilities.isEmpty)
    }
  }

  @Test func `the order of a sample's scans does not change its final answer`() throws {
    let recording = InventedSpectra.recording(samples: 1, scans: 9)
    let final = try #require(try ClassificationTests.predictions(of: recording).last)
    for seed in 1...5 {
      var shuffled = recording
      var random = SmallRandom(state: UInt64(seed))
      shuffled.scans.shuffle(using: &random)
      let other = try #require(try ClassificationTests.predictions(of: shuffled).last)
      #expect(other.targets == final.targets, "seed \(seed)")
      #expect(other.temperatureCelsius == final.temperatureCelsius, "seed \(seed)")
    }
  }

  @Test func `no class is named below the bundle's least probability`() throws {
    let copy = try BundleCopy()
    try copy.replace(
      "\"minimumProbability\":0.3",
      by: "\"minimumProbability\":1",
      in: "bundle.json"
    )
    let classifier = try BundleClassifier(try BundleLoader.load(folder: copy.path))
    let recording = InventedSpectra.recording(samples: 1, scans: 1)
    let final = try #require(
      try ClassificationTests.predictions(of: recording, with: classifier).last
    )
    #expect(final.targets[1].classIndex == nil)
    #expect(final.targets[1].reasons == .lowConfidence)
    #expect(final.targets[1].probabilities.count == 4)
    #expect(final.targets[0].classIndex != nil)
  }
}

/// A generator whose seed a failure can name (Knuth's multiplier).
private struct SmallRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 31
  }
}
