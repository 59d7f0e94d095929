import ArgumentParser
import Spectra

/// Where the scans come from: recordings, or donors that never existed.
struct SourceOptions: ParsableArguments {
  @Option(
    name: .customLong("replay"),
    parsing: .upToNextOption,
    help: "Recordings to replay; a folder of single-scan files is one recording."
  )
  var replay: [String] = []

  @Option(
    help: "First and last nanometre of recordings that do not say, such as 900:1700.",
    transform: NanometreRange.init(argument:)
  )
  var axis: NanometreRange?

  @Option(help: "How to name samples, such as '{folder}/{name}'.")
  var sampleFrom: SamplePattern?

  @Option(help: "Measure synthetic donors instead: blood.")
  var synthesize: SynthesizeCommand.Subject?

  @Option(help: "The number that synthetic donors follow from.")
  var seed: UInt64 = 1

  @Option(help: "How many synthetic donors; each is one sample.")
  var donors = 20

  @Option(help: "How many scans of each synthetic donor.")
  var scans = 60

  /// Scans of all donors are kept in memory, 4 KB each.
  private static let donorLimit = 2_000

  func validate() throws {
    guard replay.isEmpty == (synthesize != nil) else {
      throw ValidationError("give either --replay FILE or --synthesize blood")
    }
    guard (1...SourceOptions.donorLimit).contains(donors) else {
      throw ValidationError("--donors is \(donors), expected 1 to \(SourceOptions.donorLimit)")
    }
    guard (1...Limits.scansPerSample).contains(scans) else {
      throw ValidationError("--scans is \(scans), expected 1 to \(Limits.scansPerSample)")
    }
  }

  /// Every recording with the name that reports call it by; one scanner each.
  func recordings() throws -> [(name: String, recording: Recording)] {
    switch synthesize {
    case .blood:
      let synthesis = BloodSynthesis(seed: seed, donors: donors, scansPerDonor: scans)
      return [("synthetic blood, seed \(seed)", synthesis.recording())]
    case nil:
      let options = RecordingReadOptions(axisNanometres: axis?.range, sampleFrom: sampleFrom)
      return try replay.map { path in
        (path, try RecordingReader.read(paths: [path], options: options))
      }
    }
  }
}
