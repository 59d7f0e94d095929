import Synchronization

/// The numbers of one stream.
///
/// Each number is taken once, on the event loop, and is by one greater than the one before it.
package protocol EventNumbers: Sendable {
  /// The stream's identity: numbers count within one stream.
  var stream: String { get }
  /// The oldest number that is stored and can be asked for; `next` when there is none.
  var oldest: UInt64 { get }
  /// The number that the next event gets; at least 1.
  var next: UInt64 { get }
  /// Takes the next number; never waits.
  func take() -> UInt64
}

/// The numbers of a stream that nobody stores: random identity, from 1.
package final class UnstoredNumbers: EventNumbers {
  /// Random, another one for each value.
  package let stream: String
  private let nextNumber = Mutex<UInt64>(1)

  /// Begins a stream of its own.
  package init() {
    var random = SystemRandomNumberGenerator()
    stream = (0..<2).map { _ in
      let digits = String(random.next(), radix: 16)
      return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }.joined()
  }

  /// The number that the next event gets.
  package var next: UInt64 { nextNumber.withLock { $0 } }

  /// As `next`: nothing is stored.
  package var oldest: UInt64 { next }

  /// Takes the next number.
  package func take() -> UInt64 {
    nextNumber.withLock { next in
      defer { next += 1 }
      return next
    }
  }
}
