import ArgumentParser
import Varlink

/// `spectractl history`: what is stored.
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "List stored samples, the newest first."
  )

  @Option(help: "Only samples of this scanner.")
  var scanner: String?

  @Option(help: "Only samples of this display name.")
  var sample: String?

  @Option(
    help: ArgumentHelp(
      "Only samples that ended at this time or later: \(TimeArgument.forms).",
      valueName: "time"
    )
  )
  var since: TimeArgument?

  @Flag(
    inversion: .prefixedNo,
    help: "Only samples with labels, or only those without."
  )
  var labelled: Bool?

  @Option(help: "At most so many.")
  var limit = 20

  @OptionGroup var options: ControlOutputOptions

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit must be at least 1, found \(limit)") }
  }

  func run() throws {
    let query = SampleQuery(
      scanner: scanner,
      sample: sample,
      since: since?.timestamp,
      labelled: labelled
    )
    let (samples, hasMore) = try options.control.ask { try query.samples($0, limit: limit) }
    guard !options.json else {
      for sample in samples { try Output.print(sample.text) }
      return
    }
    guard !samples.isEmpty else { return StandardError.print("no stored sample is like that") }
    for line in SampleText.table(samples.map(\.reply)) { try Output.print(line) }
    if hasMore { StandardError.print("there are older ones: --limit shows more than \(limit)") }
  }
}
