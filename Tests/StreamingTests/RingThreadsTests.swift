import Glibc
import Spectra
import Streaming
import Testing

/// The rings between two threads.
///
/// Run these under ThreadSanitizer in **release**: `swift test -c release --sanitize=thread`. To see
/// that it watches, change a `.releasing` in `RingCounters.swift` to `.relaxed` and run again with
/// `TSAN_OPTIONS=halt_on_error=1`: it reports a race between `ScanRing.Producer.write` and
/// `ScanRing.Consumer.read`. Both were weakened so, and both were reported. In debug builds, with
/// generic slots, and with slots lent as `borrowing` (copied by an unseen memcpy) it stayed silent.
@Suite(.timeLimit(.minutes(1))) struct RingThreadsTests {
  @Test(arguments: [1, 16])
  func `scans keep their order across two threads`(capacity: Int) throws {
    let total: UInt32 = 100_000
    let ring = ScanRing(capacity: capacity)
    var consumer = ring.consumer
    let thread = try StageThread(
      name: "writer",
      stage: ScanWriter(producer: ring.producer, total: total)
    ) { $0.run() }
    var (next, isInOrder) = (UInt32(0), true)
    while next < total {
      let isRead = consumer.read { frame in isInOrder = isInOrder && holds(frame, next) }
      if isRead { next += 1 } else { sched_yield() }
    }
    thread.join()
    #expect(isInOrder)
  }

  @Test func `answers keep their order and no wake-up is lost`() throws {
    let total = 100_000
    let ring = PredictionRing(capacity: 8)
    var consumer = ring.consumer
    var answered = try WakeUp()
    let roomMade = try WakeUp()
    let makeRoom = roomMade.signaller
    let thread = try StageThread(
      name: "answerer",
      stage: Answerer(
        producer: ring.producer,
        total: total,
        answered: answered.signaller,
        roomMade: roomMade
      )
    ) { $0.run() }
    var (next, isInOrder, timeouts) = (0, true, 0)
    while next < total, timeouts == 0 {
      let isRead = consumer.read { slot in
        isInOrder =
          isInOrder && slot.header.scansCount == next
          && slot.probabilities[0] == Double(next)
      }
      if isRead {
        next += 1
        makeRoom.signal()
      } else if !answered.wait(timeout: .seconds(20)) {
        timeouts += 1
      }
    }
    thread.join()
    #expect(isInOrder)
    #expect(timeouts == 0)
  }
}

private struct ScanWriter: ~Copyable, Sendable {
  var producer: ScanRing.Producer
  let total: UInt32

  mutating func run() {
    var next: UInt32 = 0
    while next < total {
      let value = next
      if producer.write({ fill(&$0, with: value) }) { next += 1 } else { sched_yield() }
    }
  }
}

private struct Answerer: ~Copyable, Sendable {
  var producer: PredictionRing.Producer
  let total: Int
  let answered: WakeUp.Signaller
  var roomMade: WakeUp

  mutating func run() {
    var next = 0
    while next < total {
      let value = next
      let isWritten = producer.write { slot in
        slot.header.scansCount = value
        slot.probabilities[0] = Double(value)
      }
      if isWritten {
        next += 1
        answered.signal()
      } else if !roomMade.wait(timeout: .seconds(20)) {
        return
      }
    }
  }
}
