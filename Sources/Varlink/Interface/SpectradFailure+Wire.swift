import FoundationEssentials
import Spectra

extension SpectradFailure: VarlinkFailure {
  /// The name on the wire.
  package var name: String { SpectradInterface.name + "." + shortName }

  /// The members on the wire, a JSON object.
  package var parameters: [UInt8] {
    var members = JSONLine(reservingBytes: 128)
    addMembers(to: &members)
    return members.finish()
  }

  /// Reads an error from `reply`, a whole message; nil when its name is none of the interface.
  ///
  /// A member that is missing reads as empty: the name alone says what has happened.
  package init?(name: String, reply: [UInt8]) {
    let prefix = SpectradInterface.name + "."
    guard name.hasPrefix(prefix) else { return nil }
    let body = try? JSONDecoder().decode(Body<Members>.self, from: Data(reply))
    self.init(shortName: String(name.dropFirst(prefix.count)), body?.parameters ?? Members())
  }

  /// The name without the interface.
  private var shortName: String {
    switch self {
    case .notPermitted: "NotPermitted"
    case .noSuchScanner: "NoSuchScanner"
    case .scannerAmbiguous: "ScannerAmbiguous"
    case .scannerNotReady: "ScannerNotReady"
    case .noSuchSample: "NoSuchSample"
    case .noOpenSample: "NoOpenSample"
    case .noSuchScan: "NoSuchScan"
    case .scansContinuously: "ScansContinuously"
    case .measurementFailed: "MeasurementFailed"
    case .noSuchBundle: "NoSuchBundle"
    case .bundleRefused: "BundleRefused"
    case .bundleFixed: "BundleFixed"
    case .bundleNotKept: "BundleNotKept"
    case .configurationRefused: "ConfigurationRefused"
    case .storeUnavailable: "StoreUnavailable"
    case .streamChanged: "StreamChanged"
    case .noBaseline: "NoBaseline"
    case .limitReached: "LimitReached"
    }
  }

  private func addMembers(to members: inout JSONLine) {
    switch self {
    case .notPermitted(let permission, let group):
      members.add("permission", permission)
      members.add("group", group)
    case .noSuchScanner(let scanner, let known):
      members.add("scanner", scanner)
      members.add("known", known)
    case .scannerAmbiguous(let known):
      members.add("known", known)
    case .scannerNotReady(let scanner, let state, let reason):
      members.add("scanner", scanner)
      members.add("state", state)
      members.add("reason", reason)
    case .noSuchSample(let sampleId):
      members.add("sampleId", sampleId)
    case .noOpenSample(let scanner):
      members.add("scanner", scanner)
    case .noSuchScan(let seq):
      members.add("seq", seq)
    case .scansContinuously(let scanner):
      members.add("scanner", scanner)
    case .measurementFailed(let scanner, let reason, let explanation):
      members.add("scanner", scanner)
      members.add("reason", reason)
      members.add("explanation", explanation)
    case .noSuchBundle(let name, let installed):
      members.add("name", name)
      members.add("installed", installed)
    case .bundleRefused(let name, let explanation), .bundleNotKept(let name, let explanation):
      members.add("name", name)
      members.add("explanation", explanation)
    case .bundleFixed(let path):
      members.add("path", path)
    case .configurationRefused(let explanation):
      members.add("explanation", explanation)
    case .storeUnavailable(let explanation):
      members.add("explanation", explanation)
    case .streamChanged(let stream):
      members.add("stream", stream)
    case .noBaseline(let scanner, let standard):
      members.add("scanner", scanner)
      members.add("standard", standard)
    case .limitReached(let what, let limit):
      members.add("what", what)
      members.add("limit", limit)
    }
  }

  private init?(shortName: String, _ members: Members) {
    let failure: SpectradFailure? =
      switch shortName {
      case "NotPermitted":
        .notPermitted(permission: members.permission ?? "", group: members.group)
      case "NoSuchScanner":
        .noSuchScanner(scanner: members.scanner, known: members.known ?? [])
      case "ScannerAmbiguous":
        .scannerAmbiguous(known: members.known ?? [])
      case "ScannerNotReady":
        .scannerNotReady(
          scanner: members.scanner ?? "",
          state: members.state ?? "",
          reason: members.reason
        )
      case "NoSuchSample":
        .noSuchSample(sampleId: members.sampleId ?? "")
      case "NoOpenSample":
        .noOpenSample(scanner: members.scanner ?? "")
      case "NoSuchScan":
        .noSuchScan(seq: members.seq ?? 0)
      case "ScansContinuously":
        .scansContinuously(scanner: members.scanner ?? "")
      case "MeasurementFailed":
        .measurementFailed(
          scanner: members.scanner ?? "",
          reason: members.reason ?? "",
          explanation: members.explanation ?? ""
        )
      case "NoSuchBundle":
        .noSuchBundle(name: members.name ?? "", installed: members.installed ?? [])
      case "BundleRefused":
        .bundleRefused(name: members.name ?? "", explanation: members.explanation ?? "")
      case "BundleFixed":
        .bundleFixed(path: members.path ?? "")
      case "BundleNotKept":
        .bundleNotKept(name: members.name ?? "", explanation: members.explanation ?? "")
      case "ConfigurationRefused":
        .configurationRefused(explanation: members.explanation ?? "")
      case "StoreUnavailable":
        .storeUnavailable(explanation: members.explanation ?? "")
      case "StreamChanged":
        .streamChanged(stream: members.stream ?? "")
      case "NoBaseline":
        .noBaseline(scanner: members.scanner ?? "", standard: members.standard ?? "")
      case "LimitReached":
        .limitReached(what: members.what ?? "", limit: members.limit ?? 0)
      default: nil
      }
    guard let failure else { return nil }
    self = failure
  }
}

/// Every member that an error of the interface has.
private struct Members: Decodable {
  var permission: String?
  var group: String?
  var scanner: String?
  var known: [String]?
  var state: String?
  var reason: String?
  var sampleId: String?
  var seq: Int?
  var explanation: String?
  var name: String?
  var installed: [String]?
  var path: String?
  var stream: String?
  var standard: String?
  var what: String?
  var limit: Int?
}
