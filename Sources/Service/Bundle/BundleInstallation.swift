import CLinux
import FoundationEssentials
import Glibc
import Spectra

/// Copies a bundle to where the daemon loads bundles from.
///
/// Only what the checks have seen is copied: `bundle.json`, the networks and the golden cases. The
/// copy is read again, digest by digest, before it gets its name, and gets that in one step.
package struct BundleInstallation: Sendable {
  /// The folder of all installed bundles.
  package let folder: String

  /// Where the daemon looks, unless `bundle.folder` says otherwise.
  package static let defaultFolder = "/var/lib/spectrad/bundles"

  /// What was done.
  package enum Outcome: Equatable, Sendable {
    /// There was no bundle of this name.
    case installed
    /// The same bundle was there already.
    case alreadyInstalled
    /// Another bundle of this name made room; its version is nil when it could not be read.
    case replaced(version: String?)
  }

  /// Installs into `folder`, which is made when it is missing.
  package init(folder: String) { self.folder = folder }

  /// Where a bundle of this name is installed.
  package func path(name: String) -> String { folder + "/" + name }

  /// Installs a bundle that `BundleLoader` and `BundleClassifier` have found good.
  ///
  /// Another bundle of the same name is replaced when it has another version, or when `replacing`
  /// says so.
  package func install(
    _ bundle: ModelBundle,
    replacing: Bool
  ) throws(BundleInstallationError) -> Outcome {
    let target = path(name: bundle.name)
    let outcome = try outcome(of: bundle, at: target, replacing: replacing)
    guard outcome != .alreadyInstalled else { return outcome }
    // A dot in front: the daemon lists no hidden folder.
    let draft = "\(folder)/.\(bundle.name).\(getpid()).partial"
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .file(FileError(path: folder, reason: "cannot be made: \(error)"))
    }
    defer { try? FileManager.default.removeItem(atPath: draft) }
    try copy(bundle, to: draft)
    try checkCopy(of: bundle, at: draft)
    try exchange(draft, target)
    FileContents.syncFolder(of: target)
    return outcome
  }

  /// What will have been done, or why it must not be.
  private func outcome(
    of bundle: ModelBundle,
    at target: String,
    replacing: Bool
  ) throws(BundleInstallationError) -> Outcome {
    var status = stat()
    // SAFETY: the system reads the path and writes one stat during the call.
    guard unsafe lstat(target, &status) == 0 else { return .installed }
    let installed: ModelBundle
    do throws(BundleError) {
      installed = try BundleLoader.load(folder: target)
    } catch {
      guard replacing else { throw .damaged(path: target, problem: error.description) }
      return .replaced(version: nil)
    }
    if installed.digest == bundle.digest { return .alreadyInstalled }
    guard replacing || installed.version != bundle.version else {
      throw .differs(path: target, label: bundle.label)
    }
    return .replaced(version: installed.version)
  }

  private func copy(
    _ bundle: ModelBundle,
    to draft: String
  ) throws(BundleInstallationError) {
    do {
      try makeFolder(draft)
      let manifest = bundle.folder + "/bundle.json"
      try create(draft + "/bundle.json", with: try BundleLoader.read(manifest, limitBytes: Int.max))
      for member in bundle.targets.flatMap(\.members) {
        try create(draft + suffix(of: member.path, in: bundle), with: member.bytes)
      }
      if let golden = bundle.golden?.path {
        try create(
          draft + suffix(of: golden, in: bundle),
          with: try BundleLoader.read(golden, limitBytes: Int.max)
        )
      }
      FileContents.syncFolder(of: draft + "/bundle.json")
    } catch let error as FileError {
      throw .file(error)
    } catch let error as BundleError {
      throw .bundle(error)
    } catch {
      throw .file(FileError(path: draft, reason: "\(error)"))
    }
  }

  /// The path inside the bundle's folder, with the slash before it.
  private func suffix(of path: String, in bundle: ModelBundle) -> String {
    String(path.dropFirst(bundle.folder.count))
  }

  /// Writes a file that several networks of a bundle may share, and the folders above it.
  private func create(_ path: String, with bytes: [UInt8]) throws {
    var status = stat()
    // SAFETY: the system reads the path and writes one stat during the call.
    if unsafe lstat(path, &status) == 0 { return }
    let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    if unsafe lstat(parent, &status) != 0 { try makeFolders(to: parent) }
    try FileContents.create(path: path, mode: 0o644, with: bytes)
  }

  private func makeFolders(to path: String) throws {
    let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    var status = stat()
    // SAFETY: the system reads the path and writes one stat during the call.
    if unsafe lstat(parent, &status) != 0 { try makeFolders(to: parent) }
    try makeFolder(path)
  }

  /// Makes a folder that everyone may enter, whatever the umask says: the daemon is another user.
  private func makeFolder(_ path: String) throws(FileError) {
    guard unsafe mkdir(path, 0o755) == 0, unsafe chmod(path, 0o755) == 0 else {
      throw FileError(path: path, errno: errno)
    }
  }

  private func checkCopy(
    of bundle: ModelBundle,
    at draft: String
  ) throws(BundleInstallationError) {
    let copy: ModelBundle
    do throws(BundleError) {
      copy = try BundleLoader.load(folder: draft)
    } catch {
      throw .bundle(error)
    }
    guard copy.digest == bundle.digest else { throw .changed(path: bundle.folder) }
  }

  /// Gives the draft its name; what had it before has the draft's afterwards.
  private func exchange(_ draft: String, _ target: String) throws(BundleInstallationError) {
    // SAFETY: the system reads the paths during the calls only.
    if unsafe rename(draft, target) == 0 { return }
    guard errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR else {
      throw .file(FileError(path: target, errno: errno))
    }
    let failure = unsafe clinux_exchange_names(draft, target)
    guard failure == 0 else { throw .file(FileError(path: target, errno: failure)) }
  }
}
