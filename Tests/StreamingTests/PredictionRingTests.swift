import Spectra
import Streaming
import Testing

@Suite struct PredictionRingTests {
  @Test(arguments: [1, 2, 4, 8])
  func `every start position and count comes out oldest first`(capacity: Int) {
    for start in 0..<capacity {
      let ring = PredictionRing(capacity: capacity)
      var producer = ring.producer
      var consumer = ring.consumer
      for _ in 0..<start {
        _ = producer.write { $0.header.scansCount = -1 }
        _ = consumer.read { _ in }
      }
      var (written, values) = (0, [Int]())
      while producer.write({ fill(&$0, with: written) }) { written += 1 }
      let isFull = producer.isFull
      while consumer.read({ values.append(value(of: $0)) }) {}
      let isFullAfterwards = producer.isFull
      #expect(values == Array(0..<capacity), "start \(start)")
      #expect(isFull && !isFullAfterwards)
    }
  }

  @Test func `a slot carries everything that an answer needs`() {
    let identity = SampleIdentity(high: 1, low: 2)
    let ring = PredictionRing(capacity: 2)
    var producer = ring.producer
    var consumer = ring.consumer
    _ = producer.write { slot in
      slot.header.kind = .scansLost(count: 3)
      slot.header.sampleIdentity = identity
      slot.header.sampleName = SampleName("2250") ?? SampleName()
      slot.header.temperatureCelsius = 41.09
      slot.header.qualityReasons = [.lowLight]
      slot.header.targetCount = 2
      slot.classIndices[1] = 2
      slot.classCounts[1] = 3
      slot.setProbability(0.75, ofClass: 2, target: 1)
      slot.answerReasons[1] = [.lowConfidence]
      slot.header.hasScan = true
      StreamingTests.fill(&slot.scan, with: 5)
    }
    var checks: [Bool] = []
    _ = consumer.read { slot in
      checks = [
        slot.header.kind == .scansLost(count: 3), slot.header.sampleIdentity == identity,
        slot.header.sampleName.text == "2250", slot.header.temperatureCelsius == 41.09,
        slot.header.qualityReasons == [.lowLight], slot.classIndices[1] == 2,
        slot.classCounts[1] == 3, slot.probability(ofClass: 2, target: 1) == 0.75,
        slot.answerReasons[1] == [.lowConfidence], slot.header.hasScan, holds(slot.scan, 5),
      ]
    }
    #expect(checks == Array(repeating: true, count: 11))
  }

  @Test func `a probability outside the limits traps`() async {
    await #expect(processExitsWith: .failure) {
      var slot = PredictionSlot()
      slot.setProbability(1, ofClass: Limits.classes, target: 0)
    }
    await #expect(processExitsWith: .failure) {
      _ = PredictionSlot().probability(ofClass: 0, target: Limits.targets)
    }
  }

  private func fill(_ slot: inout PredictionSlot, with value: Int) {
    slot.header.scansCount = value
    slot.probabilities[255] = Double(value)
  }

  private func value(of slot: borrowing PredictionSlot) -> Int {
    slot.probabilities[255] == Double(slot.header.scansCount) ? slot.header.scansCount : -1
  }
}

@Suite struct SampleIdentityTests {
  @Test(arguments: [
    (0 as UInt64, 0 as UInt64, "00000000000000000000000000"),
    (.max, .max, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"),
    (0, 1, "00000000000000000000000001"),
    (0, 0x8000_0000_0000_0000, "00000000000008000000000000"),
    // The time of the ULID specification's example: 1469918176385 ms is 01ARYZ6S41.
    (1_469_918_176_385 << 16, 0, "01ARYZ6S410000000000000000"),
  ])
  func `an identity is written in Crockford's base 32`(high: UInt64, low: UInt64, text: String) {
    #expect(SampleIdentity(high: high, low: low).text == text)
  }

  @Test func `identities sort by time and differ within one millisecond`() {
    var random = SeededGenerator(seed: 3)
    let early = Timestamp(microsecondsSinceEpoch: 1_795_251_600_123_456)
    let late = Timestamp(microsecondsSinceEpoch: 1_795_251_600_124_456)
    let first = SampleIdentity(time: early, using: &random)
    let second = SampleIdentity(time: early, using: &random)
    let third = SampleIdentity(time: late, using: &random)
    #expect(first != second)
    #expect(max(first.text, second.text) < third.text)
    #expect(first.high >> 16 == 1_795_251_600_123)
  }
}

@Suite struct SampleNameTests {
  @Test(arguments: ["", "2250", "Proβe 7 µ", String(repeating: "x", count: 64)])
  func `a name that fits comes back`(text: String) {
    #expect(SampleName(text)?.text == text)
  }

  @Test(arguments: [String(repeating: "x", count: 65), String(repeating: "µ", count: 33)])
  func `a longer name is refused`(text: String) {
    #expect(SampleName(text) == nil)
  }

  @Test func `names are equal when their texts are`() {
    #expect(SampleName("a") == SampleName("a"))
    #expect(SampleName("a") != SampleName("b"))
    #expect(SampleName("a") != SampleName("ab"))
  }
}
