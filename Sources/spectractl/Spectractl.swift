import ArgumentParser
import Service

/// The client of operators, scripts and engineers.
@main
struct Spectractl: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spectractl",
    abstract: "Watches and controls spectrad, and works with recordings, bundles and networks.",
    version: ProgramVersion.text,
    subcommands: [
      WatchCommand.self, StatusCommand.self, ScannersCommand.self, SampleCommand.self,
      ScanCommand.self, ReferenceCommand.self, CheckCommand.self, HistoryCommand.self,
      LabelCommand.self, RecordCommand.self, ExportCommand.self, BundleCommand.self,
      ReloadCommand.self, MetricsCommand.self, DoctorCommand.self, ClassifyCommand.self,
      PreprocessCommand.self, ConvertCommand.self, NetworkCommand.self,
    ]
  )
}
