import Publishing
import Store
import Synchronization

/// The numbers of the store's stream: each one is reserved on the disk before it is taken.
final class StoredNumbers: EventNumbers {
  let stream: String
  private let store: Store
  private let nextNumber: Mutex<UInt64>

  /// Goes on where the store's numbers stand.
  init(of store: Store) {
    self.store = store
    stream = store.stream
    nextNumber = Mutex(store.nextNumber)
  }

  var next: UInt64 { nextNumber.withLock { $0 } }

  var oldest: UInt64 { store.oldestNumber ?? next }

  func take() -> UInt64 {
    nextNumber.withLock { next in
      defer { next += 1 }
      return next
    }
  }
}
