import ArgumentParser
import Service

/// `spectractl doctor`: what is missing, and what to do about it.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what keeps scans from being answered, and what to do.",
    discussion: """
      Looks at the configuration, at USB and its permissions, at the daemon, its scanners, their \
      scans and the bundle, in the order in which data flows. One line each: ok, hint (it works), \
      or problem, with the commands to type below it. What comes after a problem is not checked. \
      Listens to the daemon for two seconds and changes nothing.
      """
  )

  @Option(help: "The daemon's configuration file.")
  var config: String?

  @Option(
    name: .customLong("set"),
    help: "Set one key as the daemon's command line does, for example scanner.sources=usb."
  )
  var settings: [String] = []

  @Option(help: "The daemon's prediction socket, where the configuration names another.")
  var socket: String?

  @Flag(help: "Print one JSON object a line.")
  var json = false

  func run() async throws {
    let loader = ConfigurationLoader(
      settings: settings + (socket.map { ["predictions.socket=" + $0] } ?? []),
      environment: ProcessEnvironment.variables,
      filePath: config
    )
    let facts = DoctorFacts.observe(MachineFiles(), configuration: await loader.load())
    let findings = Diagnosis.findings(facts)
    for finding in findings {
      try Output.write(json ? finding.jsonLine : Array(finding.lines.utf8))
    }
    if findings.contains(where: { $0.verdict == .problem }) {
      throw ExitStatus.problemFound.exitCode
    }
  }
}
