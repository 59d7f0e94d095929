package import Varlink

/// Stored samples in words.
package enum SampleText {
  /// What `spectractl sample show` prints.
  package static func lines(_ sample: SpectradInterface.Sample, scans: [Int]) -> [String] {
    var lines = [
      "sample     \(sample.sample)" + (sample.final ? "" : ", still open"),
      "identity   \(sample.sampleId)",
      "scanner    \(sample.scanner)",
      "time       \(Quantities.time(sample.began)) to \(Quantities.time(sample.ended)) UTC",
      "scans      \(sample.scans) accepted, \(sample.storedScans) stored" + numbers(scans),
      "bundle     " + (sample.bundle ?? "none"),
    ]
    for target in sample.targets {
      lines.append("answer     \(target.name): \(answer(target))")
    }
    for (target, label) in sample.labels.sorted(by: { $0.key < $1.key }) {
      lines.append("label      \(target): \(label)")
    }
    return lines
  }

  /// What `spectractl history` prints.
  package static func table(_ samples: [SpectradInterface.Sample]) -> [String] {
    var table = TextTable([
      "IDENTITY", "SAMPLE", "SCANNER", "ENDED (UTC)", "SCANS", "ANSWERS", "LABELS",
    ])
    for sample in samples {
      table.add([
        sample.sampleId, sample.sample, sample.scanner,
        sample.final ? Quantities.time(sample.ended) : "still open", "\(sample.scans)",
        sample.targets.map { "\($0.name) \(answer($0))" }.joined(separator: ", "),
        sample.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
          .joined(separator: ", "),
      ])
    }
    return table.lines
  }

  /// A sample in a question.
  package static func short(_ sample: SpectradInterface.Sample) -> String {
    "sample \(sample.sample) of \(Quantities.time(sample.began)) UTC, "
      + Quantities.count(sample.storedScans, "scan")
      + (sample.labels.isEmpty ? "" : ", labelled")
  }

  /// `ok 0.71`, or why there is no answer.
  package static func answer(_ target: SpectradInterface.Target) -> String {
    guard let name = target.class else { return target.reasons.first ?? "no answer" }
    guard let probability = target.probabilities[name] else { return name }
    return name + " " + Quantities.decimal(probability, 2)
  }

  private static func numbers(_ scans: [Int]) -> String {
    guard let first = scans.first, let last = scans.last else { return "" }
    return first == last ? ", number \(first)" : ", numbers \(first) to \(last)"
  }
}
