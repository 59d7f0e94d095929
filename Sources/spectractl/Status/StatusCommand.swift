import ArgumentParser
import Spectra
import Varlink

/// `spectractl status`: how the daemon is.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Say how the daemon is: its scanners, bundle, store and clients."
  )

  @OptionGroup var options: ControlOutputOptions

  func run() throws {
    try options.ask(
      SpectradInterface.GetStatus.self,
      NoMembers(),
      json: { [$0["status"]].compactMap(\.self) },
      text: { StatusText.lines($0.status, now: .now()) }
    )
  }
}

/// `spectractl scanners`: every scanner in full.
struct ScannersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scanners",
    abstract: "List the scanners: state, last scan, temperature, lamp, reference, open sample."
  )

  @OptionGroup var options: ControlOutputOptions

  func run() throws {
    try options.ask(
      SpectradInterface.ListScanners.self,
      NoMembers(),
      json: { $0["scanners"]?.elements ?? [] },
      text: { StatusText.scannerLines($0.scanners, now: .now()) }
    )
  }
}
