import ArgumentParser
import Glibc
import Service
import Spectra

extension BundleCommand {
  /// `spectractl bundle install DIR`: puts a bundle where the daemon can load it.
  struct Install: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "install",
      abstract: "Check a bundle and copy it to where the daemon loads bundles from.",
      discussion: """
        Makes every check that the daemon makes, the golden cases included, copies the files that \
        the bundle names, compares their digests and gives the copy its name in one step. Needs \
        the right to write there, usually sudo. The daemon goes on with the bundle that it has: \
        spectractl bundle load NAME changes to this one.
        """
    )

    @Argument(help: "The bundle's folder.", completion: .directory)
    var folder: String

    @Option(help: "The folder of all installed bundles.", completion: .directory)
    var into = BundleInstallation.defaultFolder

    @Flag(help: "Replace another bundle of the same name and version.")
    var replace = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
      let bundle = try BundleOptions.classifier(folder: folder).bundle
      let installation = BundleInstallation(folder: into)
      let outcome: BundleInstallation.Outcome
      do throws(BundleInstallationError) {
        outcome = try installation.install(bundle, replacing: replace)
      } catch {
        StandardError.print(error.description + error.advice)
        throw ExitStatus(error).exitCode
      }
      let path = installation.path(name: bundle.name)
      guard json else {
        try Output.print("\(bundle.label): \(outcome.words) in \(path)")
        return try Output.print("to answer with it: spectractl bundle load \(bundle.name)")
      }
      var line = JSONLine()
      line.add("name", bundle.name)
      line.add("version", bundle.version)
      line.add("sha256", bundle.digest)
      line.add("path", path)
      line.add("outcome", outcome.name)
      try Output.write(line.finish())
    }
  }
}

extension BundleInstallation.Outcome {
  /// A stable name for programs.
  fileprivate var name: String {
    switch self {
    case .installed: "installed"
    case .alreadyInstalled: "alreadyInstalled"
    case .replaced: "replaced"
    }
  }

  /// The same for people.
  fileprivate var words: String {
    switch self {
    case .installed: "installed"
    case .alreadyInstalled: "the same bundle is installed already"
    case .replaced(let version): "installed, in place of \(version ?? "a damaged one")"
    }
  }
}

extension BundleInstallationError {
  /// What the system's refusal usually asks for.
  fileprivate var advice: String {
    guard case .file(let error) = self, error.errno == EACCES else { return "" }
    return "; try it with sudo"
  }
}

extension ExitStatus {
  /// What a bundle that is not installed means to the caller of the command.
  init(_ error: BundleInstallationError) {
    switch error {
    case .differs, .damaged: self = .cannotWrite
    case .changed: self = .badData
    case .bundle(let error): self.init(error)
    case .file: self = .cannotWrite
    }
  }
}
