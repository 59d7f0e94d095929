import Chemometrics
import Spectra

/// Everything that one thread needs to answer with one bundle: networks, constants, workspaces.
///
/// The samples in progress are elsewhere (`SampleInProgress`), so one classifier serves all
/// scanners of its thread.
package final class BundleClassifier {
  /// The bundle that it answers with.
  package let bundle: ModelBundle
  let targets: [TargetClassifier]

  /// Plans the networks of `bundle` and, unless it is a draft, replays its golden cases.
  ///
  /// - Throws: `BundleError`, which names the file and the first difference.
  package init(_ bundle: ModelBundle) throws(BundleError) {
    self.bundle = bundle
    var targets: [TargetClassifier] = []
    for target in bundle.targets { targets.append(try TargetClassifier(target)) }
    self.targets = targets
    if let golden = bundle.golden {
      try GoldenReplay(golden: golden, bundle: bundle).run(self)
    }
  }
}
