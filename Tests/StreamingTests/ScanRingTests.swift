import Spectra
import Streaming
import Testing

@Suite struct ScanRingTests {
  @Test(arguments: [1, 2, 4, 8])
  func `every start position and count comes out oldest first`(capacity: Int) {
    for start in 0..<(2 * capacity) {
      for count in 0...capacity {
        var failure: String?
        let ring = ScanRing(capacity: capacity)
        var producer = ring.producer
        var consumer = ring.consumer
        for _ in 0..<start {
          _ = producer.write { $0.header.scanIndex = 999 }
          _ = consumer.read { _ in }
        }
        for index in 0..<count {
          let isWritten = producer.write { fill(&$0, with: UInt32(index)) }
          if !isWritten { failure = "write \(index) refused" }
        }
        for index in 0..<count {
          let isRead = consumer.read { frame in
            if !holds(frame, UInt32(index)) { failure = "read \(index) gave another frame" }
          }
          if !isRead { failure = "read \(index) found nothing" }
        }
        let isRead = consumer.read { _ in }
        if isRead { failure = "an empty ring gave a frame" }
        #expect(failure == nil, "start \(start), count \(count)")
      }
    }
  }

  @Test(arguments: [1, 2, 4, 8])
  func `a full ring drops the newest scan, does not call fill and counts`(capacity: Int) {
    let ring = ScanRing(capacity: capacity)
    let losses = ring.losses
    var producer = ring.producer
    var consumer = ring.consumer
    for index in 0..<capacity { _ = producer.write { fill(&$0, with: UInt32(index)) } }
    var wasCalled = false
    let results = [
      producer.write { _ in wasCalled = true }, producer.write { _ in wasCalled = true },
    ]
    #expect(results == [false, false])
    #expect(!wasCalled)
    #expect(losses.total == 2)
    let taken = [consumer.takeLosses(), consumer.takeLosses()]
    #expect(taken == [2, 0])
    var first: UInt32?
    _ = consumer.read { first = $0.header.scanIndex }
    #expect(first == 0)
    let isWritten = producer.write { fill(&$0, with: 77) }
    #expect(isWritten)
    #expect(losses.total == 2)
  }

  private struct Refusal: Error, Equatable { var code: Int }

  @Test(arguments: [1, 2, 8])
  func `a fill that throws publishes nothing and its slot is used again`(capacity: Int) {
    let ring = ScanRing(capacity: capacity)
    let losses = ring.losses
    var producer = ring.producer
    var consumer = ring.consumer
    for round in 0..<(3 * capacity) {
      var caught: Refusal?
      do throws(Refusal) {
        _ = try producer.write { (frame: inout ScanFrame) throws(Refusal) in
          frame.header.scanIndex = 13
          throw Refusal(code: round)
        }
      } catch {
        caught = error
      }
      #expect(caught == Refusal(code: round))
      let isEmpty = !consumer.read { _ in }
      #expect(isEmpty)
      let isWritten = producer.write { fill(&$0, with: UInt32(round)) }
      #expect(isWritten)
      var isRight = false
      _ = consumer.read { isRight = holds($0, UInt32(round)) }
      #expect(isRight)
    }
    #expect(losses.total == 0)
  }

  @Test func `a reader that throws gives the slot back`() {
    let ring = ScanRing(capacity: 1)
    var producer = ring.producer
    var consumer = ring.consumer
    _ = producer.write { fill(&$0, with: 1) }
    var caught: Refusal?
    do throws(Refusal) {
      _ = try consumer.read { (_: inout ScanFrame) throws(Refusal) in throw Refusal(code: 1) }
    } catch {
      caught = error
    }
    #expect(caught == Refusal(code: 1))
    let isWritten = producer.write { fill(&$0, with: 2) }
    #expect(isWritten)
  }

  @Test(arguments: [1, 4, 64], [11, 12, 13] as [UInt64])
  func `any interleaving behaves as a bounded list`(capacity: Int, seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let ring = ScanRing(capacity: capacity)
    let losses = ring.losses
    var producer = ring.producer
    var consumer = ring.consumer
    var (model, next, lost) = ([UInt32](), UInt32(0), UInt64(0))
    var failure: String?
    for step in 0..<2_000 where failure == nil {
      if Bool.random(using: &random) {
        let isWritten = producer.write { fill(&$0, with: next) }
        if isWritten != (model.count < capacity) { failure = "step \(step): write \(isWritten)" }
        if isWritten { model.append(next) } else { lost += 1 }
        next += 1
      } else {
        var isRight = true
        let isRead = consumer.read { frame in
          isRight = model.first.map { holds(frame, $0) } ?? false
        }
        if isRead != !model.isEmpty || !isRight { failure = "step \(step): read \(isRead)" }
        if isRead { model.removeFirst() }
      }
    }
    #expect(failure == nil, "seed \(seed)")
    #expect(losses.total == lost, "seed \(seed)")
  }

  @Test func `a capacity that is no power of two traps`() async {
    await #expect(processExitsWith: .failure) { _ = ScanRing(capacity: 3) }
    await #expect(processExitsWith: .failure) { _ = ScanRing(capacity: 0) }
  }
}

/// Fills a frame of four points so that a torn one would be noticed.
func fill(_ frame: inout ScanFrame, with value: UInt32) {
  frame.header.pointCount = 4
  frame.header.scanIndex = value
  for point in 0..<4 { frame.sampleSignal[point] = Int32(bitPattern: value) }
  frame.absorbance[3] = Double(value)
}

/// Whether a frame is as `fill` left it.
func holds(_ frame: borrowing ScanFrame, _ value: UInt32) -> Bool {
  var isWhole = frame.header.pointCount == 4 && frame.header.scanIndex == value
  for point in 0..<4 where frame.sampleSignal[point] != Int32(bitPattern: value) { isWhole = false }
  return isWhole && frame.absorbance[3] == Double(value)
}

/// SplitMix64: the same seed gives the same test.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
