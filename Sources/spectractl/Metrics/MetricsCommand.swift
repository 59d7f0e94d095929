import ArgumentParser
import Varlink

/// `spectractl metrics`: everything that is counted, for a monitoring system.
struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Print what the daemon counts as Prometheus text.",
    discussion: """
      For node_exporter's textfile collector, every minute or so:

        spectractl metrics --output /var/lib/node_exporter/textfile_collector/spectrad.prom

      The file is replaced as a whole. When the daemon does not answer, it says spectrad_up 0 and \
      nothing else, and the command ends with status 69.
      """
  )

  @Option(
    name: .shortAndLong,
    help: "Write this file instead of standard output, as a whole.",
    completion: .file()
  )
  var output: String?

  @OptionGroup var options: ControlOutputOptions

  func validate() throws {
    if options.json, output != nil { throw ValidationError("--json writes to standard output.") }
  }

  func run() throws {
    do {
      let answer = try options.control.ask {
        try $0.call(SpectradInterface.GetMetrics.self, NoMembers())
      }
      if options.json, let metrics = answer.text["metrics"] { return try Output.print(metrics) }
      try write(MetricsText.text(answer.reply.metrics))
    } catch let code as ExitCode where code == ExitStatus.unavailable.exitCode && !options.json {
      try write(MetricsText.textWithoutDaemon)
      throw code
    }
  }

  private func write(_ text: String) throws {
    guard let output else { return try Output.write(Array(text.utf8)) }
    try WholeFile.write(Array(text.utf8), to: output)
  }
}
