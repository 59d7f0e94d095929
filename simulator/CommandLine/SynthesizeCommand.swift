import ArgumentParser
import Spectra

/// `spectrasim synthesize`: writes a labelled recording of samples that were never measured.
struct SynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize",
    abstract: "Write a labelled recording of synthetic donors.",
    discussion: """
      The donors' spectra follow published statistics, but nothing in the recording was measured. \
      The same seed gives the same file on every machine. The recording appears, and replaces a \
      file of its name, when it is complete.
      """
  )

  /// What can be synthesised.
  enum Subject: String, CaseIterable, ExpressibleByArgument {
    case blood
  }

  @Argument(help: "What to synthesise: blood.")
  var subject: Subject

  @Option(help: "The number that everything follows from.")
  var seed: UInt64

  @Option(help: "How many donors.")
  var donors: Int = 100

  @Option(help: "How many scans of each donor.")
  var scans: Int = 60

  @Option(name: .shortAndLong, help: "The recording to write (*.scans.ndjson).")
  var output: String

  func validate() throws {
    guard BloodSynthesis.canWrite(toFile: output) else {
      throw ValidationError("--output is '\(output)', expected a name that ends in .scans.ndjson")
    }
    guard (1...1_000_000).contains(donors) else {
      throw ValidationError("--donors is \(donors), expected 1 to 1000000")
    }
    guard (1...Limits.scansPerSample).contains(scans) else {
      throw ValidationError("--scans is \(scans), expected 1 to \(Limits.scansPerSample)")
    }
  }

  func run() throws {
    let synthesis = BloodSynthesis(seed: seed, donors: donors, scansPerDonor: scans)
    var progress = SynthesisProgress(donors: donors)
    // They must not end the program while there is an unfinished file to remove.
    let signals = StopSignals()
    defer { signals.endProgramIfArrived() }
    try ExitStatus.reportingErrors {
      try synthesis.write(toFile: output) { finished in
        progress.report(finished: finished)
        return signals.arrived == nil
      }
    }
  }
}

/// Says on stderr how far a long synthesis is, first after two seconds and then every second.
private struct SynthesisProgress {
  private let donors: Int
  private let clock = ContinuousClock()
  private var next: ContinuousClock.Instant

  init(donors: Int) {
    self.donors = donors
    next = clock.now + .seconds(2)
  }

  mutating func report(finished: Int) {
    let now = clock.now
    guard now >= next else { return }
    next = now + .seconds(1)
    StandardOutput.report("synthetic donors: \(finished) of \(donors)")
  }
}
