/// Why a bundle is not installed; what was installed before is as it was.
package enum BundleInstallationError: Error, CustomStringConvertible {
  /// Another bundle of the same name and version is installed.
  case differs(path: String, label: String)
  /// What has the bundle's name is no good bundle.
  case damaged(path: String, problem: String)
  /// The bundle was changed while it was copied.
  case changed(path: String)
  /// The copy is not what was checked.
  case bundle(BundleError)
  /// A file cannot be written.
  case file(FileError)

  package var description: String {
    switch self {
    case .differs(let path, let label):
      "\(path): another bundle \(label) is installed; give this one another version, or replace "
        + "that one with --replace"
    case .damaged(let path, let problem):
      "\(path): is there, but no good bundle (\(problem)); replace it with --replace"
    case .changed(let path): "\(path): was changed while it was being installed; try again"
    case .bundle(let error): error.description
    case .file(let error): error.description
    }
  }
}
