import Synchronization

/// One bundle in use: its classifier under the number that prediction slots carry.
// SAFETY (Sendable): made by whoever loads the bundle and handed over; afterwards only the pipeline
// thread uses the classifier, and another only releases it when the pipeline has let it go.
final class BundleGeneration: @unchecked Sendable {
  /// Rises with every bundle that is put in use; 0 when there is none.
  let number: UInt32
  /// What answers, or nobody.
  let classifier: BundleClassifier?

  init(number: UInt32, classifier: BundleClassifier?) {
    precondition((number == 0) == (classifier == nil), "generation 0 is no bundle")
    (self.number, self.classifier) = (number, classifier)
  }
}

/// The bundles that a prediction slot can still name, by their generation.
///
/// It keeps each one alive until the publishing thread has read the pipeline's last word of it, so
/// that a bundle's memory is given back there and not on the pipeline thread.
package final class BundleGenerations: Sendable {
  private let known = Mutex<[UInt32: BundleGeneration]>([:])

  func add(_ generation: BundleGeneration) {
    guard generation.number > 0 else { return }
    let previous = known.withLock { $0.updateValue(generation, forKey: generation.number) }
    precondition(previous == nil, "each bundle that is put in use has a generation of its own")
  }

  /// The bundle of a generation; nil when it is 0 or was forgotten.
  package func bundle(of number: UInt32) -> ModelBundle? {
    known.withLock { $0[number]?.classifier?.bundle }
  }

  /// Lets a generation go, and gives its memory back when nobody else has it.
  package func forget(_ number: UInt32) {
    // Its end may take a while, so it comes after the lock's.
    _ = known.withLock { $0.removeValue(forKey: number) }
  }

  /// How many generations a slot can still name.
  package var count: Int { known.withLock { $0.count } }
}
