import Logging
import Publishing
import Spectra
import Synchronization

/// Which bundle answers, and the way to another.
final class BundleInUse: Sendable {
  private struct State: Sendable {
    var model: ModelBundle?
    var referenceAgeHoursMax: Double?
    var generation: UInt32 = 0
    var problem: String?
  }

  private let state: Mutex<State>
  /// Held while a bundle is loaded: one at a time.
  private let loading = Mutex(())

  /// Begins with the bundle that the stages were started with, under generation 1; or with none,
  /// because of `problem` or because nobody has selected one.
  init(_ model: ModelBundle?, referenceAgeHoursMax: Double?, problem: String? = nil) {
    state = Mutex(
      State(
        model: model,
        referenceAgeHoursMax: referenceAgeHoursMax,
        generation: 1,
        problem: problem
      )
    )
  }

  /// The bundle that answers new samples; nil when there is none.
  var model: ModelBundle? { state.withLock { $0.model } }

  /// The same as clients read it.
  var report: BundleReport? { model?.report }

  /// Why there is none although one is selected.
  var problem: String? { state.withLock { $0.problem } }

  /// Loads the bundle in `folder`, checks it, and lets it answer from each scanner's next sample on.
  ///
  /// After an error the bundle before goes on.
  func load(
    folder: String,
    on daemon: RunningDaemon,
    configuration: DaemonConfiguration? = nil
  ) throws(BundleError) -> BundleReport {
    try loading.withLock { _ throws(BundleError) in
      let configuration = configuration ?? daemon.configuration
      let model = try BundleLoader.load(folder: folder)
      let age = configuration.referenceAgeHoursMax
      let isSame = state.withLock {
        $0.model?.digest == model.digest && $0.referenceAgeHoursMax == age
      }
      guard !isSame else { return model.report }
      let classifier = try BundleClassifier(
        model,
        referenceAgeSecondsMax: age.map { $0 * 3_600 },
        threads: daemon.configuration.networkThreads
      )
      let generation = state.withLock { state in
        (state.model, state.referenceAgeHoursMax, state.problem) = (model, age, nil)
        state.generation += 1
        return state.generation
      }
      daemon.stages.control.use(classifier: classifier, generation: generation)
      daemon.stages.acquisitions.use(options: configuration.acquisitionOptions(for: model))
      return model.report
    }
  }

  /// Takes the bundle that `configuration` says, which may be none.
  func follow(
    _ configuration: DaemonConfiguration,
    on daemon: RunningDaemon
  ) throws(BundleError) {
    guard let folder = configuration.bundleInUsePath else {
      let hadOne = state.withLock { state in
        defer { (state.model, state.problem) = (nil, nil) }
        return state.model != nil
      }
      if hadOne {
        daemon.stages.control.use(classifier: nil, generation: 0)
      }
      return
    }
    _ = try load(folder: folder, on: daemon, configuration: configuration)
  }
}
