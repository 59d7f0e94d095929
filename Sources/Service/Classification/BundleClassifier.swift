import Chemometrics
import QuantizedNetwork
import Spectra

/// Everything that one thread needs to answer with one bundle: networks, constants, workspaces.
///
/// The samples in progress are elsewhere (`SampleInProgress`), so one classifier serves all
/// scanners of its thread.
package final class BundleClassifier {
  /// The bundle that it answers with.
  package let bundle: ModelBundle
  /// What a scan must keep to: the bundle's limits and the administrator's.
  let gates: QualityGates
  let targets: [TargetClassifier]

  /// Plans the networks of `bundle` and, unless it is a draft, replays its golden cases.
  ///
  /// A measured reference older than `referenceAgeSecondsMax` spoils a scan; nil is no limit.
  /// Networks run one after another, each shared by `threads` threads, or on the caller's alone
  /// where the system gives no more.
  /// - Throws: `BundleError`, which names the file and the first difference.
  package init(
    _ bundle: ModelBundle,
    referenceAgeSecondsMax: Double? = nil,
    threads: Int = 1
  ) throws(BundleError) {
    self.bundle = bundle
    var gates = bundle.gates
    gates.referenceAgeSecondsMax = referenceAgeSecondsMax
    self.gates = gates
    var targets: [TargetClassifier] = []
    let team = threads > 1 ? WorkerTeam(threadCount: threads) : nil
    for target in bundle.targets { targets.append(try TargetClassifier(target, team: team)) }
    self.targets = targets
    if let golden = bundle.golden {
      try GoldenReplay(golden: golden, bundle: bundle).run(self)
    }
  }
}
