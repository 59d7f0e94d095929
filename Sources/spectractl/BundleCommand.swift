import ArgumentParser
import Service

/// `spectractl bundle …`: what there is to do with model bundles.
struct BundleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle",
    abstract: "Work with model bundles.",
    subcommands: [Check.self]
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
}
