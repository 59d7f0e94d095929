import Logging

/// The bundle that the daemon starts with.
struct StartingBundle {
  /// What answers; nil when nobody does.
  let classifier: BundleClassifier?
  let inUse: BundleInUse

  /// Loads the bundle that the configuration names, or the selected one.
  ///
  /// One that is named and fails its checks keeps the daemon from starting, since somebody asked for
  /// exactly that. A selected one does not: scans must not be lost for it, and the status says why
  /// nobody answers them.
  /// - Throws: `BundleError`.
  static func load(
    _ configuration: DaemonConfiguration,
    logger: Logger
  ) throws(BundleError) -> StartingBundle {
    let age = configuration.referenceAgeHoursMax
    guard let folder = configuration.bundleInUsePath else {
      logger.tell(.noBundle, "no bundle is selected: scans are published without predictions")
      return StartingBundle(
        classifier: nil,
        inUse: BundleInUse(nil, referenceAgeHoursMax: age)
      )
    }
    do throws(BundleError) {
      let classifier = try BundleClassifier(
        try BundleLoader.load(folder: folder),
        referenceAgeSecondsMax: age.map { $0 * 3_600 },
        threads: configuration.networkThreads
      )
      logger.tell(
        .bundleLoaded,
        classifier.bundle.isDemonstration
          ? "the bundle is for demonstration only, not for diagnosis" : "the bundle is loaded",
        metadata: [
          "bundle": "\(classifier.bundle.label)",
          "bundleDigest": "\(classifier.bundle.digest)",
        ]
      )
      return StartingBundle(
        classifier: classifier,
        inUse: BundleInUse(classifier.bundle, referenceAgeHoursMax: age)
      )
    } catch {
      guard configuration.bundlePath == nil else { throw error }
      logger.tell(.bundleRefused, "the selected bundle is refused: \(error)")
      return StartingBundle(
        classifier: nil,
        inUse: BundleInUse(
          nil,
          referenceAgeHoursMax: age,
          problem: "the selected bundle is refused: \(error)"
        )
      )
    }
  }
}
