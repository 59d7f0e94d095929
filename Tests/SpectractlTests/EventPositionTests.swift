import Testing
import Varlink
import spectractl

/// Resuming without loss or repeat, event by event.
@Suite struct EventPositionTests {
  private typealias Reply = SpectradInterface.Subscribe.Reply

  @Test func `without a number it begins with what happens next`() {
    var position = EventPosition(after: nil, expectsEveryNumber: true)
    #expect(position.last == nil)
    #expect(position.take(hello(next: 41)) == .new)
    #expect(position.last == 40)
    #expect(position.stream == "first")
    #expect(position.take(lost(41)) == .new)
    #expect(position.last == 41)
  }

  @Test func `an event that was seen is not shown again`() {
    var position = EventPosition(after: 10, expectsEveryNumber: true)
    #expect(position.take(hello(next: 99)) == .new)
    #expect(position.last == 10)
    #expect(position.take(lost(10)) == .repeated)
    #expect(position.take(lost(11)) == .new)
    #expect(position.take(lost(11)) == .repeated)
  }

  @Test func `numbers that come neither as events nor as a gap are noticed`() {
    var position = EventPosition(after: 10, expectsEveryNumber: true)
    #expect(position.take(lost(14)) == .newAfterMissing(11...13))
    #expect(position.take(gap(15...20)) == .new)
    #expect(position.last == 20)
    #expect(position.take(gap(22...23)) == .newAfterMissing(21...21))
    #expect(position.take(gap(20...23)) == .repeated)
    #expect(position.take(gap(23...30)) == .new)
    #expect(position.last == 30)
  }

  @Test func `a filter leaves numbers out without a word`() {
    var position = EventPosition(after: 10, expectsEveryNumber: false)
    #expect(position.take(lost(14)) == .new)
    #expect(position.take(lost(14)) == .repeated)
  }

  @Test func `the oldest event may have any number`() {
    var position = EventPosition(after: 0, expectsEveryNumber: true)
    #expect(position.take(hello(next: 5_000)) == .new)
    #expect(position.take(lost(4_000)) == .new)
  }

  @Test func `heartbeats and goodbyes have no number`() {
    var position = EventPosition(after: 10, expectsEveryNumber: true)
    let heartbeat = SpectradInterface.Heartbeat(time: "", next: 40, scanners: 1, dropped: 0)
    #expect(position.take(Reply(heartbeat: heartbeat)) == .new)
    #expect(position.take(Reply(bye: .init(reason: "shutdown"))) == .new)
    #expect(position.last == 10)
  }

  @Test func `another stream is read from its beginning`() {
    var position = EventPosition(after: 10, expectsEveryNumber: true)
    _ = position.take(hello(next: 11))
    position.change(to: "second")
    #expect(position.last == 0)
    #expect(position.stream == "second")
    #expect(position.take(lost(1)) == .new)
  }

  private func hello(next: Int) -> Reply {
    Reply(
      hello: .init(
        protocol: 1,
        stream: "first",
        daemon: "spectrad",
        oldest: 1,
        next: next,
        demonstration: true,
        scanners: []
      )
    )
  }

  private func lost(_ number: Int) -> Reply {
    Reply(scansLost: .init(seq: number, time: "", scanner: "1", count: 1, reason: "ringFull"))
  }

  private func gap(_ numbers: ClosedRange<Int>) -> Reply {
    Reply(gap: .init(from: numbers.lowerBound, to: numbers.upperBound, reason: "crash"))
  }
}
