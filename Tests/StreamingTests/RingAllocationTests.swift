import CAllocationCounter
import Spectra
import Streaming
import Testing

/// Skipped under a sanitizer, whose own allocator leaves nothing to count.
///
/// A fill that throws is not counted: Swift Testing boxes each error thrown to note its backtrace.
/// Counting starts after one round: the runtime makes a type's metadata when it is first used.
@Suite(.enabled(if: callocation_is_counting()))
struct RingAllocationTests {
  @Test func `the counter sees an allocation`() {
    let before = callocation_count()
    let array = [Int](repeating: Int(before), count: 100)
    let after = callocation_count()
    #expect(array.count == 100 && after > before)
  }

  @Test func `writing and reading scans never allocates`() {
    let ring = ScanRing(capacity: 8)
    var producer = ring.producer
    var consumer = ring.consumer
    var sum = 0.0
    var before = callocation_count()
    for round in -1..<10_000 {
      if round == 0 { before = callocation_count() }
      _ = producer.write { fill(&$0, with: UInt32(round + 1)) }
      _ = consumer.read { sum += $0.absorbance[3] }
      _ = consumer.takeLosses()
    }
    let after = callocation_count()
    #expect(after == before)
    #expect(sum > 0)
  }

  @Test func `dropping scans never allocates`() {
    let ring = ScanRing(capacity: 1)
    let losses = ring.losses
    var producer = ring.producer
    var before = callocation_count()
    for round in -1..<10_000 {
      if round == 0 { before = callocation_count() }
      _ = producer.write { fill(&$0, with: UInt32(round + 1)) }
    }
    let after = callocation_count()
    #expect(after == before)
    #expect(losses.total == 10_000)
  }

  @Test func `filling an answer with a copy of its scan never allocates`() throws {
    let scans = ScanRing(capacity: 8)
    let answers = PredictionRing(capacity: 8)
    var scanProducer = scans.producer
    var scanConsumer = scans.consumer
    var producer = answers.producer
    var consumer = answers.consumer
    var random = SystemRandomNumberGenerator()
    let name = try #require(SampleName("2250"))
    var wakeUp = try WakeUp()
    let signaller = wakeUp.signaller
    var sum = 0.0
    var before = callocation_count()
    for round in -1..<10_000 {
      if round == 0 { before = callocation_count() }
      _ = scanProducer.write { fill(&$0, with: UInt32(round + 1)) }
      _ = scanConsumer.read { frame in
        let identity = SampleIdentity(time: frame.header.time, using: &random)
        _ = producer.write { slot in
          slot.header = PredictionSlot.Header()
          slot.header.sampleIdentity = identity
          slot.header.sampleName = name
          slot.setProbability(0.5, ofClass: 1, target: 2)
          slot.scan.copy(frame)
        }
        signaller.signal()
      }
      _ = wakeUp.wait(timeout: .seconds(1))
      _ = consumer.read { sum += $0.scan.absorbance[3] }
    }
    let after = callocation_count()
    #expect(after == before)
    #expect(sum > 0)
  }
}
