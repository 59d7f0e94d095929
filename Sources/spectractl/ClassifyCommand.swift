import ArgumentParser
import Publishing
import Service
import Spectra

/// `spectractl classify RECORDING --bundle B`: the daemon's predictions without a daemon.
struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Classify the samples of a recording without a daemon.",
    discussion: """
      Scans that follow each other under one sample name are one sample. Prints one line of text \
      for each sample, or with --json the lines that the daemon would publish: one after every \
      scan and a final one after every sample. Where the recording holds labels, the share of \
      right answers and the balanced accuracy of each target end the text.
      """
  )

  @Argument(help: "Recordings: native, TI's CSV, wide CSV, or folders of them.")
  var recordings: [String]

  @Option(help: "The folder of the model bundle.", completion: .directory)
  var bundle: String

  @Flag(help: "Print the prediction lines as the daemon would send them.")
  var json = false

  @OptionGroup var reading: RecordingOptions

  func run() throws {
    let recording = try reading.read(recordings)
    let classifier = try BundleOptions.classifier(folder: bundle)
    let samples = recording.samples
    var session = RecordingClassifier(
      classifier,
      scanner: recording.scanner.serialNumber ?? "unknown"
    )
    var score = ClassificationScore(targets: classifier.bundle.targets.map(\.name))
    var progress = ProgressLine()
    var sequence: UInt64 = 0
    for (index, sample) in samples.enumerated() {
      var lines: [UInt8] = []
      let labels = recording.scans[sample.scans.lowerBound].labels
      session.classify(sample, number: index + 1, of: recording) { prediction in
        sequence += 1
        if prediction.final { score.count(prediction, labels: labels) }
        if json {
          lines += StreamLines.prediction(prediction, sequence: sequence)
        } else if prediction.final {
          lines += Array((ClassifyCommand.text(of: prediction).printable + "\n").utf8)
        }
      }
      try Output.write(lines)
      progress.show("\(index + 1) of \(samples.count) samples classified")
    }
    progress.clear()
    if !json { try Output.write(Array(score.text.utf8)) }
  }

  private static func text(of prediction: Prediction) -> String {
    let answers = prediction.targets.map { target in
      guard let chosen = target.classIndex else {
        return "\(target.name) no answer (\(target.reasons.names.joined(separator: ", ")))"
      }
      let probability = hundredths(target.probabilities[chosen])
      return "\(target.name) \(target.classes[chosen]) \(probability)"
    }
    return "\(prediction.sample): \(prediction.scans) scans, "
      + (prediction.scans > 0 ? answers.joined(separator: ", ") : "no scan was accepted")
      + (prediction.demonstration ? " (demonstration only)" : "")
  }
}

/// Counts answers against labels.
struct ClassificationScore {
  private let targets: [String]
  /// Per target, per label: how many samples had it and how many of them were answered so.
  private var counts: [String: [String: (all: Int, right: Int)]] = [:]

  init(targets: [String]) { self.targets = targets }

  mutating func count(_ prediction: Prediction, labels: [String: String]) {
    for target in prediction.targets {
      guard let label = labels[target.name] else { continue }
      let answer = target.classIndex.map { target.classes[$0] }
      var entry = counts[target.name, default: [:]][label] ?? (0, 0)
      entry.all += 1
      entry.right += answer == label ? 1 : 0
      counts[target.name, default: [:]][label] = entry
    }
  }

  /// One line per target with labels; empty when there are none.
  var text: String {
    targets.compactMap { target in
      guard let classes = counts[target], !classes.isEmpty else { return nil }
      let all = classes.values.map(\.all).reduce(0, +)
      let right = classes.values.map(\.right).reduce(0, +)
      let recalls = classes.values.map { Double($0.right) / Double($0.all) }
      let balanced = recalls.reduce(0, +) / Double(recalls.count)
      return "\(target): \(right) of \(all) right, balanced accuracy \(hundredths(balanced)) "
        + "over \(classes.count) classes\n"
    }.joined()
  }
}

/// A number from 0 to 1 with two decimals.
func hundredths(_ value: Double) -> String {
  let digits = String(Int((value * 100).rounded()))
  let padded = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  return String(padded.dropLast(2)) + "." + String(padded.suffix(2))
}
