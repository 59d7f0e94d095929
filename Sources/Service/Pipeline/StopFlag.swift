import Synchronization

/// Tells a stage's thread to come to its end; set once, from any thread.
package final class StopFlag: Sendable {
  private let isStopping = Atomic<Bool>(false)

  /// Makes a flag that is not set.
  package init() {}

  /// Whether the stage should end.
  package var isSet: Bool {
    // Acquire: what was done before the flag was set is visible to the stage that ends.
    isStopping.load(ordering: .acquiring)
  }

  /// Sets the flag; wake the stage afterwards.
  package func set() {
    isStopping.store(true, ordering: .releasing)
  }
}
