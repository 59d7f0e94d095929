import Chemometrics
import Spectra

/// Checks a manifest's numbers and shapes against each other and reads the files it names.
struct ManifestCheck {
  let folder: String
  let path: String
  let completeness: BundleLoader.Completeness

  /// The windowed axis has this many points.
  private(set) var channels = 0
  private(set) var signatures: [String: [Double]] = [:]

  init(folder: String, path: String, completeness: BundleLoader.Completeness) {
    (self.folder, self.path, self.completeness) = (folder, path, completeness)
  }

  mutating func bundle(
    _ manifest: BundleManifest,
    digest: String
  ) throws(BundleError) -> ModelBundle {
    guard manifest.format.value == 1 else {
      throw invalid("format", found: "\(manifest.format.value)", expected: "1")
    }
    try checkName(manifest.name, place: "name", allowing: "._-")
    guard InstalledBundles.isName(manifest.name) else {
      throw invalid(
        "name",
        found: "“\(manifest.name)”",
        expected: "another name: the folder of installed bundles uses this one"
      )
    }
    try checkName(manifest.version, place: "version", allowing: "._-+")
    let (axis, window) = try axisAndWindow(manifest)
    channels = window.count
    signatures = try checkedSignatures(manifest.signatures ?? [:])
    guard (1...Limits.targets).contains(manifest.targets.count) else {
      throw invalid(
        "targets",
        found: "\(manifest.targets.count) targets",
        expected: "1 to \(Limits.targets)"
      )
    }
    var targets: [ModelBundle.Target] = []
    for (index, target) in manifest.targets.enumerated() {
      let checked = try self.target(target, place: "targets[\(index)]", manifest.quality)
      if targets.contains(where: { $0.name == checked.name }) {
        throw invalid(
          "targets[\(index)].name",
          found: "“\(checked.name)” again",
          expected: "every name only once"
        )
      }
      targets.append(checked)
    }
    return ModelBundle(
      folder: folder,
      name: manifest.name,
      version: manifest.version,
      digest: digest,
      // Whoever forgets to say what a bundle is for must not have it taken for a diagnosis.
      isDemonstration: manifest.demonstration ?? true,
      axis: axis,
      window: window,
      gates: try gates(manifest),
      targets: targets,
      golden: try golden(manifest)
    )
  }

  private func axisAndWindow(
    _ manifest: BundleManifest
  ) throws(BundleError) -> (WavelengthAxis, Range<Int>) {
    let described = manifest.axis
    guard
      let axis = WavelengthAxis(
        startNanometres: described.startNanometres,
        endNanometres: described.endNanometres,
        points: described.points.value
      )
    else {
      throw invalid(
        "axis",
        found: "\(described.points.value) points from \(described.startNanometres) to "
          + "\(described.endNanometres) nm",
        expected: "2 to \(Limits.wavelengths) points that rise"
      )
    }
    let window = axis.indices(
      fromNanometres: manifest.window.startNanometres,
      toNanometres: manifest.window.endNanometres
    )
    guard window.count >= 8 else {
      throw invalid(
        "window",
        found: "\(window.count) points of the axis",
        expected: "at least 8"
      )
    }
    return (axis, window)
  }

  private func checkedSignatures(
    _ signatures: [String: [Double]]
  ) throws(BundleError) -> [String: [Double]] {
    for (name, values) in signatures.sorted(by: { $0.key < $1.key }) {
      guard values.count == channels else {
        throw invalid(
          "signatures.\(name)",
          found: "\(values.count) numbers",
          expected: "\(channels), one per point of the window"
        )
      }
    }
    return signatures
  }

  private func target(
    _ target: TargetManifest,
    place: String,
    _ quality: BundleManifest.Quality?
  ) throws(BundleError) -> ModelBundle.Target {
    try checkName(target.name, place: "\(place).name")
    guard (2...Limits.classes).contains(target.classes.count),
      Set(target.classes).count == target.classes.count
    else {
      throw invalid(
        "\(place).classes",
        found: "\(target.classes)",
        expected: "2 to \(Limits.classes) different names"
      )
    }
    for (index, name) in target.classes.enumerated() {
      try checkName(name, place: "\(place).classes[\(index)]")
    }
    let combine = target.combine ?? "geometricMean"
    guard combine == "geometricMean" else {
      throw invalid("\(place).combine", found: "“\(combine)”", expected: "“geometricMean”")
    }
    let minimum = target.abstain?.minimumProbability ?? 0
    guard (0...1).contains(minimum) else {
      throw invalid("\(place).abstain.minimumProbability", found: "\(minimum)", expected: "0 to 1")
    }
    return ModelBundle.Target(
      name: target.name,
      classes: target.classes,
      constants: try constants(target, place: place, quality),
      minimumProbability: minimum,
      members: try members(target, place: place)
    )
  }

  private func constants(
    _ target: TargetManifest,
    place: String,
    _ quality: BundleManifest.Quality?
  ) throws(BundleError) -> TargetConstants {
    let slope = quality?.minimumScatterSlope ?? 0.1
    let net = try net(target, place: place)
    let scaling = try scaling(target, place: place)
    let metaFeatures = try metaFeatures(target, place: place)
    let image = try image(target, place: place)
    do throws(ConstantsError) {
      return try TargetConstants(
        channels: channels,
        net: net,
        scaling: scaling,
        scatterCorrection: target.scatterCorrection.map {
          .init(order: $0.order.value, reference: $0.reference, minimumSlope: slope)
        },
        savitzkyGolay: .init(
          window: target.savitzkyGolay.window.value,
          polynomial: target.savitzkyGolay.polynomial.value,
          derivative: target.savitzkyGolay.derivative.value
        ),
        metaFeatures: metaFeatures,
        image: image,
        limits: .init(t2: target.abstain?.t2Limit, q: target.abstain?.qLimit)
      )
    } catch {
      throw BundleError.malformed(path: path, place: place, problem: error.description)
    }
  }
}
