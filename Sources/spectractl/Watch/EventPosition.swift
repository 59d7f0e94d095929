package import Varlink

/// How far a client has come in the stream of events: what resuming without loss or repeat needs.
package struct EventPosition: Equatable, Sendable {
  /// The stream in which numbers count; nil before the first greeting.
  package private(set) var stream: String?
  /// The last number that was seen or announced as a gap; nil for what happens from now on.
  package private(set) var last: Int?
  /// Whether every number is expected: a filter leaves some out without a word.
  private let expectsEveryNumber: Bool

  /// Begins behind the number `last`, or with what happens from now on.
  package init(after last: Int?, expectsEveryNumber: Bool) {
    (self.last, self.expectsEveryNumber) = (last, expectsEveryNumber)
  }

  /// What is to be done with an event.
  package enum Verdict: Equatable, Sendable {
    /// It is new.
    case new
    /// It was seen before.
    case repeated
    /// It is new, but numbers before it came neither as events nor as a gap.
    case newAfterMissing(ClosedRange<Int>)
  }

  /// Takes one reply of the subscription.
  package mutating func take(_ reply: SpectradInterface.Subscribe.Reply) -> Verdict {
    if let hello = reply.hello {
      stream = hello.stream
      if last == nil { last = hello.next - 1 }
      return .new
    }
    if let gap = reply.gap {
      let verdict = verdict(first: gap.from, last: gap.to)
      last = max(last ?? 0, gap.to)
      return verdict
    }
    let number =
      reply.prediction?.seq ?? reply.scanner?.seq ?? reply.bundle?.seq ?? reply.scansLost?.seq
    guard let number else { return .new }
    let verdict = verdict(first: number, last: number)
    last = max(last ?? 0, number)
    return verdict
  }

  /// Begins the new stream at its oldest number: nothing of it was seen yet.
  package mutating func change(to stream: String) { (self.stream, last) = (stream, 0) }

  private func verdict(first: Int, last number: Int) -> Verdict {
    guard let last else { return .new }
    if number <= last { return .repeated }
    // Behind 0 stands whatever is the oldest.
    guard expectsEveryNumber, last > 0, first > last + 1 else { return .new }
    return .newAfterMissing(last + 1...first - 1)
  }
}
