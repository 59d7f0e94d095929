import ArgumentParser
import Glibc
import Service

/// The daemon's command line: which configuration, and whether only to check it.
@main
struct Spectrad: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spectrad",
    abstract: "Classifies every scan of a near-infrared scanner and publishes the predictions.",
    discussion: """
      Configuration is read in layers, the first that names a key wins: the command line, \
      environment variables (SPECTRAD_SAMPLE_SCANS=60), the configuration file \
      (SAMPLE_SCANS=60), the defaults. `spectrad --check-config` prints every key with its \
      meaning and its value. Logs go to standard error.
      """,
    version: ProgramVersion.text
  )

  @Option(help: "The configuration file (default: \(ConfigurationLoader.defaultFilePath)).")
  var config: String?

  @Option(name: .customLong("set"), help: "Set one key, for example sample.scans=60. Repeatable.")
  var settings: [String] = []

  @Option(
    name: .customLong("source"),
    help: "Scanners to read: usb, usb:NAME or usbip://HOST:PORT/BUSID. Repeatable."
  )
  var sources: [String] = []

  @Option(help: "The folder of the model bundle.")
  var bundle: String?

  @Option(help: "The path of the prediction socket.")
  var socket: String?

  @Flag(help: "Check the configuration, print every key with its value, and leave.")
  var checkConfig = false

  func run() async throws {
    let loader = ConfigurationLoader(
      settings: settings + shorthands,
      environment: ProcessEnvironment.variables,
      filePath: config
    )
    switch await loader.load() {
    case .failure(let mistakes):
      StandardError.write("spectrad: the configuration cannot be used:\n\(mistakes)\n")
      throw ExitCode(EX_CONFIG)
    case .success(let configuration):
      if checkConfig {
        do throws(FileError) {
          try StandardOutput.write(ConfigurationLoader.describe(configuration))
        } catch {
          StandardError.write("spectrad: \(error)\n")
          throw ExitCode(EX_IOERR)
        }
        return
      }
      do {
        try await Daemon(configuration, loader: loader).run()
      } catch let error as BundleError {
        StandardError.write("spectrad: the bundle is refused: \(error)\n")
        if case .unreadable = error { throw ExitCode(EX_NOINPUT) }
        throw ExitCode(EX_DATAERR)
      } catch {
        StandardError.write("spectrad: \(error)\n")
        throw ExitCode(EX_UNAVAILABLE)
      }
    }
  }

  /// The keys that have an option of their own.
  private var shorthands: [String] {
    var result: [String] = []
    if !sources.isEmpty { result.append("scanner.sources=" + sources.joined(separator: ",")) }
    if let bundle { result.append("bundle.path=" + bundle) }
    if let socket { result.append("predictions.socket=" + socket) }
    return result
  }
}
