package import Chemometrics
package import Spectra

/// A model bundle whose files were read and whose numbers fit each other; immutable.
///
/// Networks are not in here, only their files' bytes: a network belongs to one thread, and each
/// `BundleClassifier` makes its own.
package struct ModelBundle: Sendable {
  /// The folder it was read from.
  package let folder: String
  /// The bundle's name, for example `blood-synthetic`.
  package let name: String
  /// The bundle's version, for example `1.0.0`.
  package let version: String
  /// The SHA-256 of `bundle.json` in hexadecimal: the bundle's digest.
  package let digest: String
  /// Whether predictions are for demonstration only.
  package let isDemonstration: Bool
  /// The axis that spectra are brought onto.
  package let axis: WavelengthAxis
  /// The indices of the axis that are used.
  package let window: Range<Int>
  /// The quality gates.
  package let gates: QualityGates
  /// What is predicted.
  package let targets: [Target]
  /// The golden cases; nil in a draft.
  let golden: Golden?

  /// One target with its checked constants.
  package struct Target: Sendable {
    /// The target's name, for example `hdl_cholesterol`.
    package let name: String
    /// Class names in the order of the networks' outputs.
    package let classes: [String]
    /// What the spectrum is turned into an image with.
    package let constants: TargetConstants
    /// Below this probability no class is named.
    package let minimumProbability: Double
    /// The networks of the ensemble; empty in a draft.
    package let members: [MemberFile]
  }

  /// The file of one network.
  package struct MemberFile: Sendable {
    /// Its path, for messages.
    package let path: String
    /// Its bytes, whose digest was checked.
    package let bytes: [UInt8]
  }

  /// The golden cases and where they were read.
  struct Golden: Sendable {
    let path: String
    let cases: GoldenCases
  }

  /// The name under which predictions carry it: `name@version`.
  package var label: String { name + "@" + version }
}

extension ModelBundle {
  /// How many golden cases were replayed at load.
  package var goldenCaseCount: Int { golden?.cases.cases.count ?? 0 }
}
