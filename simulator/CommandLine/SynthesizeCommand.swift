import ArgumentParser
import Glibc
import Spectra

/// `spectrasim synthesize`: writes a labelled recording of samples that were never measured.
struct SynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize",
    abstract: "Write a labelled recording of synthetic donors.",
    discussion: """
      The donors' spectra follow published statistics, but nothing in the recording was measured. \
      The same seed gives the same file on every machine.
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
    try synthesis.write(toFile: output) { progress.report(finished: $0) }
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
    let line = Array("synthetic donors: \(finished) of \(donors)\n".utf8)
    // SAFETY: the bytes live as long as the call.
    _ = unsafe line.withUnsafeBytes { bytes in
      unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
  }
}
