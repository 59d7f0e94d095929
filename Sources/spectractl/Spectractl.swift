import ArgumentParser
import Service

/// The client of operators, scripts and engineers.
@main
struct Spectractl: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spectractl",
    abstract: "Watches spectrad's predictions and works with recordings, bundles and networks.",
    version: ProgramVersion.text,
    subcommands: [
      WatchCommand.self, StatusCommand.self, ScannersCommand.self, SampleCommand.self,
      ReferenceCommand.self, ScanCommand.self, HistoryCommand.self, LabelCommand.self,
      MetricsCommand.self, BundleCommand.self,
      ClassifyCommand.self, PreprocessCommand.self, ConvertCommand.self,
      NetworkCommand.self, DoctorCommand.self,
    ]
  )
}
