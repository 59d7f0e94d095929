import ArgumentParser
import Spectra

/// Where the scans come from.
struct SourceOptions: ParsableArguments {
  @Option(
    name: .customLong("replay"),
    parsing: .upToNextOption,
    help: "Recordings to replay; a folder of single-scan files is one recording."
  )
  var replay: [String] = []

  @Option(help: "First and last nanometre of recordings that do not say, such as 900:1700.")
  var axis: NanometreRange?

  @Option(help: "How to name samples, such as '{folder}/{name}'.")
  var sampleFrom: SamplePattern?

  func validate() throws {
    guard !replay.isEmpty else { throw ValidationError("nothing to measure: give --replay FILE") }
  }

  /// Every recording with the name that reports call it by; one scanner each.
  func recordings() throws -> [(name: String, recording: Recording)] {
    let options = RecordingReadOptions(axisNanometres: axis?.range, sampleFrom: sampleFrom)
    return try replay.map { path in
      (path, try RecordingReader.read(paths: [path], options: options))
    }
  }
}
