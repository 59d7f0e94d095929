import ArgumentParser
import Spectra
import Varlink

/// `spectractl sample …`: one sample, from its beginning to its erasure.
struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Begin, end, show or delete a sample.",
    subcommands: [Begin.self, End.self, Show.self, Delete.self]
  )

  /// `spectractl sample begin [NAME]`.
  struct Begin: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "begin",
      abstract: "Begin a sample; one that is open ends.",
      discussion: "Prints the new sample's identity, by which every other command knows it."
    )

    @Argument(help: "The sample's display name; it may repeat. Without one the daemon makes one.")
    var name: String?

    @OptionGroup var scanner: ScannerOption
    @OptionGroup var options: ControlOutputOptions

    func validate() throws {
      if let name, !(1...Limits.sampleNameBytes).contains(name.utf8.count) {
        throw ValidationError(
          "NAME must have 1 to \(Limits.sampleNameBytes) bytes, found \(name.utf8.count)"
        )
      }
    }

    func run() throws {
      try options.ask(
        SpectradInterface.BeginSample.self,
        .init(scanner: scanner.scanner, sample: name),
        text: { [$0.sampleId] }
      )
    }
  }

  /// `spectractl sample end`.
  struct End: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "end",
      abstract: "End the open sample.",
      discussion: "Prints its identity. spectractl sample show tells the answer."
    )

    @OptionGroup var scanner: ScannerOption
    @OptionGroup var options: ControlOutputOptions

    func run() throws {
      try options.ask(
        SpectradInterface.EndSample.self,
        .init(scanner: scanner.scanner),
        patience: .slow,
        text: { [$0.sampleId] }
      )
    }
  }

  /// `spectractl sample show ID`.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Show one stored sample: its answers, its labels and its scans' numbers."
    )

    @Argument(help: "The sample's identity (see spectractl history).")
    var id: String

    @OptionGroup var options: ControlOutputOptions

    func run() throws {
      try options.ask(
        SpectradInterface.GetSample.self,
        .init(sampleId: id),
        text: { SampleText.lines($0.sample, scans: $0.scans) }
      )
    }
  }

  /// `spectractl sample delete ID`.
  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "delete",
      abstract: "Erase one sample, its scans and its answers for good.",
      discussion: """
        Asks before it does, and shows what will be gone. Nothing brings it back; files that \
        export, record or the daemon's own recording have written are not touched.
        """
    )

    @Argument(help: "The sample's identity (see spectractl history).")
    var id: String

    @OptionGroup var confirmation: Confirmation
    @OptionGroup var options: ControlOutputOptions

    func run() throws {
      if !confirmation.yes {
        let sample = try options.control.ask {
          try $0.call(SpectradInterface.GetSample.self, .init(sampleId: id)).reply.sample
        }
        try confirmation.ask("erase for good: \(SampleText.short(sample))?")
      }
      try options.ask(
        SpectradInterface.DeleteSample.self,
        .init(sampleId: id),
        patience: .slow,
        text: { ["sample \(id) is erased, \(Quantities.count($0.scans, "scan"))"] }
      )
    }
  }
}
