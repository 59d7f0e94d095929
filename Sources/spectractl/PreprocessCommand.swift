import ArgumentParser
import Glibc
import Service
import Spectra

/// `spectractl preprocess RECORDING --bundle B`: what the networks see, as .npy files.
struct PreprocessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preprocess",
    abstract: "Take a recording's samples through the daemon's preprocessing, for training.",
    discussion: """
      The bundle may be a draft without networks. Writes for each target a folder with one .npy \
      file for each stage up to the one that is asked for: float64 of samples × points, and for \
      the image image.npy (float32 of samples × channels × points × points) and meta.npy (float32 \
      of samples × 7). samples.csv names the samples in the same order, with their labels. Samples \
      of which no scan is accepted are left out and reported.
      """
  )

  @Argument(help: "Recordings: native, TI's CSV, wide CSV, or folders of them.")
  var recordings: [String]

  @Option(help: "The folder of the model bundle or draft.", completion: .directory)
  var bundle: String

  @Option(help: "The last stage to write: \(PreprocessingStage.names).")
  var until = PreprocessingStage.image

  @Option(help: "The folder to write to; made if it is not there.", completion: .directory)
  var output: String

  @OptionGroup var reading: RecordingOptions

  func run() throws {
    let recording = try reading.read(recordings)
    let classifier = try BundleOptions.classifier(folder: bundle, .draft)
    var session = RecordingPreprocessor(classifier)
    let samples = PreprocessedSamples(recording, &session)
    if samples.accepted.isEmpty {
      StandardError.print("no sample has an accepted scan: nothing was written")
      throw ExitStatus.badData.exitCode
    }
    do throws(NumpyFileError) {
      try makeFolder(output)
      try samples.writeTable(to: output + "/samples.csv", targets: session.targetNames)
      for target in session.targetNames.indices {
        let folder = output + "/" + session.targetNames[target]
        try makeFolder(folder)
        try samples.write(target: target, until: until, &session, folder: folder)
      }
    } catch {
      StandardError.print(error.description)
      throw ExitStatus.cannotWrite.exitCode
    }
    try Output.print(
      "wrote \(output): \(samples.accepted.count) samples, \(session.channels) points"
    )
  }

  private func makeFolder(_ path: String) throws(NumpyFileError) {
    // SAFETY: libc copies the path before it returns.
    guard unsafe mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw .notAccessible(FileError(path: path, errno: errno))
    }
  }
}

/// The samples of a recording that have a median, and what is written of them.
private struct PreprocessedSamples {
  private let recording: Recording
  /// The samples with at least one accepted scan, in order.
  private(set) var accepted: [(sample: RecordedSample, outcome: RecordingPreprocessor.Outcome)] = []

  init(_ recording: Recording, _ session: inout RecordingPreprocessor) {
    self.recording = recording
    var progress = ProgressLine()
    defer { progress.clear() }
    for sample in recording.samples {
      progress.show("\(accepted.count) samples have a median")
      let outcome = session.formMedian(of: sample, in: recording)
      if outcome.acceptedScans > 0 {
        accepted.append((sample, outcome))
      } else {
        StandardError.print(
          "sample \(sample.name ?? "without name") is left out: no scan was accepted ("
            + outcome.reasons.names.joined(separator: ", ") + ")"
        )
      }
    }
  }

  func writeTable(to path: String, targets: [String]) throws(NumpyFileError) {
    var text =
      (["sample", "scans"] + targets + ["temperature", "humidity"])
      .joined(separator: ",") + "\n"
    for (sample, outcome) in accepted {
      let labels = recording.scans[sample.scans.lowerBound].labels
      let cells =
        [quoted(sample.name ?? ""), String(outcome.acceptedScans)]
        + targets.map { quoted(labels[$0] ?? "") }
        + [outcome.temperatureCelsius, outcome.relativeHumidityPercent].map {
          $0.map(\.description) ?? ""
        }
      text += cells.joined(separator: ",") + "\n"
    }
    try NumpyArray.write(Array(text.utf8), toFile: path)
  }

  func write(
    target: Int,
    until last: PreprocessingStage,
    _ session: inout RecordingPreprocessor,
    folder: String
  ) throws(NumpyFileError) {
    var progress = ProgressLine()
    defer { progress.clear() }
    let channels = session.channels
    let stages = PreprocessingStage.allCases.prefix { $0 != last } + [last]
    var spectra = [[Double]](repeating: [], count: stages.count)
    var images: [Float] = []
    var features: [Float] = []
    for (index, entry) in accepted.enumerated() {
      _ = session.formMedian(of: entry.sample, in: recording)
      for (position, stage) in stages.enumerated() where stage != .image {
        spectra[position] += session.spectrum(at: stage, ofTarget: target)
      }
      if last == .image {
        let drawn = session.image(ofTarget: target)
        images += drawn.image
        features += drawn.metaFeatures
      }
      progress.show(
        "\(session.targetNames[target]): \(index + 1) of \(accepted.count) samples preprocessed"
      )
    }
    for (position, stage) in stages.enumerated() where stage != .image {
      let shape = [accepted.count, channels]
      try NumpyArray(shape: shape, elements: .float64(spectra[position]))
        .write(toFile: "\(folder)/\(stage.rawValue).npy")
    }
    guard last == .image else { return }
    let planes = session.imageChannelCount(ofTarget: target)
    try NumpyArray(
      shape: [accepted.count, planes, channels, channels],
      elements: .float32(images)
    ).write(toFile: folder + "/image.npy")
    try NumpyArray(shape: [accepted.count, 7], elements: .float32(features))
      .write(toFile: folder + "/meta.npy")
  }

  /// A cell of a CSV file, in quotes where it must be.
  private func quoted(_ text: String) -> String {
    let needsQuotes = text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
    return needsQuotes
      ? "\""
        + text.split(separator: "\"", omittingEmptySubsequences: false)
        .joined(separator: "\"\"") + "\"" : text
  }
}

extension PreprocessingStage: ExpressibleByArgument {
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
