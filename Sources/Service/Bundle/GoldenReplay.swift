import Chemometrics
import FoundationEssentials
import Spectra

/// Replays a bundle's golden cases: what it answered where it was made it must answer here.
struct GoldenReplay {
  let golden: ModelBundle.Golden
  let bundle: ModelBundle

  static let metaFeatureTolerance = 1e-4
  static let imageShareOffByOne = 0.001
  static let probabilityTolerance = 0.01

  /// Replays every case on `classifier`; the first difference is thrown.
  func run(_ classifier: BundleClassifier) throws(BundleError) {
    guard !golden.cases.cases.isEmpty else {
      throw .invalid(path: golden.path, place: "cases", found: "none", expected: "at least one")
    }
    for (index, item) in golden.cases.cases.enumerated() {
      try replay(item, place: "cases[\(index)]", classifier)
    }
  }

  private func replay(
    _ item: GoldenCases.Case,
    place: String,
    _ classifier: BundleClassifier
  ) throws(BundleError) {
    let median = try medianOfScans(item.scans, place: place)
    let channels = bundle.window.count
    for target in classifier.targets {
      let name = target.target.name
      guard let answer = item.targets.first(where: { $0.name == name }) else {
        throw .invalid(
          path: golden.path,
          place: "\(place).targets",
          found: "no answer for “\(name)”",
          expected: "one for each target"
        )
      }
      _ = target.answer(
        window: median.span.extracting(0..<channels),
        temperatureCelsius: median[channels],
        relativeHumidityPercent: median[channels + 1]
      )
      let context = "\(place).targets “\(name)”"
      try compareMetaFeatures(target, answer, context)
      let image = try compareImage(target, answer, context)
      target.answer(quantizedImage: image)
      try compareProbabilities(target, answer, context)
    }
  }

  private func medianOfScans(
    _ scans: [GoldenCases.Scan],
    place: String
  ) throws(BundleError) -> [Double] {
    guard (1...Limits.scansPerSample).contains(scans.count) else {
      throw .invalid(
        path: golden.path,
        place: "\(place).scans",
        found: "\(scans.count) scans",
        expected: "1 to \(Limits.scansPerSample)"
      )
    }
    let channels = bundle.window.count
    var median = SampleMedian(channels: channels + 2, capacity: scans.count)
    for (index, scan) in scans.enumerated() {
      guard scan.absorbance.count == bundle.axis.points else {
        throw .invalid(
          path: golden.path,
          place: "\(place).scans[\(index)].absorbance",
          found: "\(scan.absorbance.count) numbers",
          expected: "\(bundle.axis.points)"
        )
      }
      let values =
        scan.absorbance[bundle.window] + [scan.temperatureCelsius, scan.relativeHumidityPercent]
      median.add(Array(values).span)
    }
    var result = [Double](repeating: 0, count: channels + 2)
    var span = result.mutableSpan
    median.write(into: &span)
    return result
  }

  private func compareMetaFeatures(
    _ target: TargetClassifier,
    _ answer: GoldenCases.Answer,
    _ place: String
  ) throws(BundleError) {
    let computed = target.withMetaFeatures { features in features.indices.map { features[$0] } }
    guard answer.metaFeatures.count == computed.count else {
      throw .invalid(
        path: golden.path,
        place: "\(place).metaFeatures",
        found: "\(answer.metaFeatures.count) numbers",
        expected: "\(computed.count)"
      )
    }
    for (index, (found, expected)) in zip(computed, answer.metaFeatures).enumerated()
    where !(abs(Double(found) - expected) <= GoldenReplay.metaFeatureTolerance) {
      throw .golden(
        path: golden.path,
        place: "\(place).metaFeatures[\(index)]",
        found: "\(found)",
        expected: "\(expected)"
      )
    }
  }

  /// The recorded image, after the computed one was found to be the same.
  private func compareImage(
    _ target: TargetClassifier,
    _ answer: GoldenCases.Answer,
    _ place: String
  ) throws(BundleError) -> [UInt8] {
    let computed = target.quantizedImage
    guard let data = Data(base64Encoded: answer.image), data.count == computed.count else {
      throw .invalid(
        path: golden.path,
        place: "\(place).image",
        found: "\(answer.image.utf8.count) characters",
        expected: "base64 of \(computed.count) bytes"
      )
    }
    let recorded = [UInt8](data)
    var offByOneCount = 0
    for (index, (found, expected)) in zip(computed, recorded).enumerated() where found != expected {
      let isOneStep = abs(target.quantizedValue(found) - target.quantizedValue(expected)) == 1
      offByOneCount += 1
      guard isOneStep,
        Double(offByOneCount) <= Double(computed.count) * GoldenReplay.imageShareOffByOne
      else {
        throw .golden(
          path: golden.path,
          place: "\(place).image, byte \(index), difference \(offByOneCount) of \(computed.count)",
          found: "\(found)",
          expected: "\(expected)"
        )
      }
    }
    return recorded
  }

  private func compareProbabilities(
    _ target: TargetClassifier,
    _ answer: GoldenCases.Answer,
    _ place: String
  ) throws(BundleError) {
    let computed = target.withProbabilities { values in values.indices.map { values[$0] } }
    guard answer.probabilities.count == computed.count else {
      throw .invalid(
        path: golden.path,
        place: "\(place).probabilities",
        found: "\(answer.probabilities.count) numbers",
        expected: "\(computed.count)"
      )
    }
    for (index, (found, expected)) in zip(computed, answer.probabilities).enumerated()
    where !(abs(found - expected) <= GoldenReplay.probabilityTolerance) {
      throw .golden(
        path: golden.path,
        place: "\(place).probabilities[\(index)]",
        found: "\(found)",
        expected: "\(expected)"
      )
    }
    let (chosen, recorded) = (largest(computed), largest(answer.probabilities))
    guard chosen == recorded else {
      throw .golden(
        path: golden.path,
        place: "\(place), the class",
        found: target.target.classes[chosen],
        expected: target.target.classes[recorded]
      )
    }
  }

  private func largest(_ values: [Double]) -> Int {
    values.indices.max { values[$0] < values[$1] || (values[$0] == values[$1] && $0 > $1) } ?? 0
  }
}
