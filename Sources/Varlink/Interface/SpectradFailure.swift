/// What a method of `io.spectrad` refuses or fails with.
package enum SpectradFailure: Error, Equatable, Sendable {
  /// The caller lacks a permission.
  case notPermitted(permission: String, group: String?)
  /// No scanner has this name.
  case noSuchScanner(scanner: String?, known: [String])
  /// Several scanners are connected: name one.
  case scannerAmbiguous(known: [String])
  /// The scanner cannot do that now.
  case scannerNotReady(scanner: String, state: String, reason: String?)
  /// No sample has this identity.
  case noSuchSample(sampleId: String)
  /// The scanner has no open sample.
  case noOpenSample(scanner: String)
  /// No stored scan belongs to this number.
  case noSuchScan(seq: Int)
  /// The scanner scans continuously: nobody has to ask.
  case scansContinuously(scanner: String)
  /// The scan or the measurement failed.
  case measurementFailed(scanner: String, reason: String, explanation: String)
  /// No bundle of this name is installed.
  case noSuchBundle(name: String, installed: [String])
  /// The bundle failed its checks; the one in use stays.
  case bundleRefused(name: String, explanation: String)
  /// bundle.path in the configuration decides which bundle is used.
  case bundleFixed(path: String)
  /// The bundle answers from now on, but the choice could not be kept for the next start.
  case bundleNotKept(name: String, explanation: String)
  /// The configuration cannot be used: nothing was changed.
  case configurationRefused(explanation: String)
  /// The store cannot answer now.
  case storeUnavailable(explanation: String)
  /// Numbers count in another stream now.
  case streamChanged(stream: String)
  /// This standard was never measured with this scanner.
  case noBaseline(scanner: String, standard: String)
  /// A limit is reached.
  case limitReached(what: String, limit: Int)
}

extension SpectradFailure: CustomStringConvertible {
  /// What was refused, and what would be possible instead.
  package var description: String {
    switch self {
    case .notPermitted(let permission, let group):
      "the permission \(permission) is missing"
        + (group.map { "; members of the group \($0) have it" } ?? "")
    case .noSuchScanner(let scanner, let known):
      (scanner.map { "no scanner \($0)" } ?? "no scanner is connected")
        + SpectradFailure.choice(known)
    case .scannerAmbiguous(let known):
      "several scanners are connected, name one" + SpectradFailure.choice(known)
    case .scannerNotReady(let scanner, let state, let reason):
      "scanner \(scanner) is \(state)" + (reason.map { ": \($0)" } ?? "")
    case .noSuchSample(let sampleId):
      "no sample \(sampleId)"
    case .noOpenSample(let scanner):
      "scanner \(scanner) has no open sample"
    case .noSuchScan(let seq):
      "no stored scan belongs to number \(seq)"
    case .scansContinuously(let scanner):
      "scanner \(scanner) scans continuously and takes no request"
    case .measurementFailed(let scanner, let reason, let explanation):
      "scanner \(scanner): \(explanation) (\(reason))"
    case .noSuchBundle(let name, let installed):
      "no bundle \(name) is installed" + SpectradFailure.choice(installed)
    case .bundleRefused(let name, let explanation):
      "bundle \(name) failed its checks: \(explanation)"
    case .bundleFixed(let path):
      "bundle.path in the configuration decides: \(path)"
    case .bundleNotKept(let name, let explanation):
      "bundle \(name) answers now, but will not after the next start: \(explanation)"
    case .configurationRefused(let explanation):
      "the configuration cannot be used, nothing was changed: \(explanation)"
    case .storeUnavailable(let explanation):
      "the store cannot answer now: \(explanation)"
    case .streamChanged(let stream):
      "numbers count in another stream now: \(stream)"
    case .noBaseline(let scanner, let standard):
      "standard \(standard) was never measured with scanner \(scanner)"
    case .limitReached(let what, let limit):
      "at most \(limit) \(what)"
    }
  }

  private static func choice(_ names: [String]) -> String {
    names.isEmpty ? "" : "; there are: " + names.joined(separator: ", ")
  }
}
