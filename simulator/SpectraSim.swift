import ArgumentParser

/// The command line's root.
@main
struct SpectraSim: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spectrasim",
    abstract: "Virtual NIRscan Nano scanners that replay recorded or synthetic scans over USB/IP.",
    subcommands: [ServeCommand.self, SynthesizeCommand.self],
    defaultSubcommand: ServeCommand.self
  )
}
