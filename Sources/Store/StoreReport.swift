/// What an operator must know of the store; the daemon logs it and acts on a changed stream.
package enum StoreReport: Equatable, Sendable {
  /// Nothing can be stored or read until the store is opened again; the problem says why.
  case unavailable(problem: String)
  /// A damaged file was renamed; the reason says what was found.
  case setAside(file: String, to: String, reason: String)
  /// The numbers count in another stream from now on: the store is another one.
  case streamChanged(to: String)
  /// The daemon had ended without closing the store; these numbers were never committed.
  case crashGap(ClosedRange<UInt64>)
  /// Events cannot be written; it is tried again, and reported once until it works.
  case cannotWrite(StoreError)
  /// Events are written again; so many were given up meanwhile.
  case writesAgain(notStored: Int)
  /// The queue is full: the oldest events in it are given up; reported once until it has emptied.
  case queueFull(limit: Int)
  /// No further number can be reserved; reported once until it works.
  case cannotReserve(StoreError)
}

extension StoreReport: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unavailable(let problem): "the store cannot be used: \(problem)"
    case .setAside(let file, let to, let reason):
      "\(file) is damaged (\(reason)): it is kept as \(to), and a new one is begun"
    case .streamChanged(let stream): "numbers count in the new stream \(stream) from now on"
    case .crashGap(let numbers):
      "the daemon had ended without warning: numbers \(numbers.lowerBound) to "
        + "\(numbers.upperBound) were never stored"
    case .cannotWrite(let error): "events cannot be stored: \(error); trying again"
    case .writesAgain(let count): "events are stored again; \(count) were given up meanwhile"
    case .queueFull(let limit):
      "\(limit) events wait to be stored: the oldest of them are given up"
    case .cannotReserve(let error): "no numbers can be reserved: \(error)"
    }
  }
}
