import Synchronization

/// Whom the publishing thread tells that a scanner or the bundle has changed.
final class StateChanges: Sendable {
  private let listener = Mutex<(@Sendable () -> Void)?>(nil)

  /// Tells `listener` from now on, on the publishing thread; it should return soon.
  func listen(_ listener: @escaping @Sendable () -> Void) {
    self.listener.withLock { $0 = listener }
  }

  func tell() { listener.withLock { $0 }?() }
}
