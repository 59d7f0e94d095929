import ArgumentParser
import Service
import Varlink

/// `spectractl bundle …`: what there is to do with model bundles.
struct BundleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle",
    abstract: "Check, install, list and load model bundles.",
    subcommands: [Check.self, Install.self, List.self, Load.self]
  )

  /// `spectractl bundle check DIR`: everything that the daemon checks at load.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Check a bundle as the daemon does at load: digests, shapes, numbers, golden cases."
    )

    @Argument(help: "The bundle's folder.", completion: .directory)
    var folder: String

    func run() throws {
      let bundle = try BundleOptions.classifier(folder: folder).bundle
      let networks = bundle.targets.map(\.members.count).reduce(0, +)
      let targets = bundle.targets.map { target in
        "\(target.name) (\(target.classes.joined(separator: ", ")))"
      }
      try Output.print(
        """
        \(bundle.label): good
        sha256 \(bundle.digest)
        targets: \(targets.joined(separator: "; "))
        networks: \(networks), golden cases: \(bundle.goldenCaseCount), all replayed
        \(bundle.isDemonstration ? "for demonstration only, not for diagnosis" : "")
        """
      )
    }
  }

  /// `spectractl bundle list`: what the daemon could load.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the installed bundles, and which one is selected."
    )

    @OptionGroup var options: ControlOutputOptions

    func run() throws {
      try options.ask(
        SpectradInterface.ListBundles.self,
        NoMembers(),
        json: { $0["bundles"]?.elements ?? [] },
        text: { BundleText.lines($0.bundles) }
      )
    }
  }

  /// `spectractl bundle load NAME`: makes an installed bundle the one that answers.
  struct Load: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "load",
      abstract: "Let the daemon answer with an installed bundle, now and after a restart.",
      discussion: """
        The daemon checks it as at its start. An open sample ends with the bundle that it began \
        with. When the bundle is refused, the one in use stays.
        """
    )

    @Argument(help: "The bundle's name (see spectractl bundle list).")
    var name: String

    @OptionGroup var options: ControlOutputOptions

    func run() throws {
      try options.ask(
        SpectradInterface.LoadBundle.self,
        .init(name: name),
        patience: .slow,
        json: { [$0["bundle"]].compactMap(\.self) },
        text: {
          ["\($0.bundle.name)@\($0.bundle.version) is loaded", "sha256 \($0.bundle.sha256)"]
        }
      )
    }
  }
}

/// Installed bundles in words.
enum BundleText {
  /// What `spectractl bundle list` prints.
  static func lines(_ bundles: [SpectradInterface.InstalledBundle]) -> [String] {
    guard !bundles.isEmpty else {
      return ["no bundle is installed; spectractl bundle install DIR installs one"]
    }
    var table = TextTable(["NAME", "VERSION", "SELECTED", "USE", "SHA256"])
    for bundle in bundles {
      table.add([
        bundle.name, bundle.version, bundle.selected ? "yes" : "no",
        bundle.demonstration ? "demonstration only" : "-", String(bundle.sha256.prefix(16)),
      ])
    }
    return table.lines
  }
}
