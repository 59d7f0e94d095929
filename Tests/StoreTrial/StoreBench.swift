import Glibc
import Store

/// Measures what storing costs the caller and the store's thread, with scans of 228 points.
struct StoreBench {
  private let store: Store
  private static let eventCount: UInt64 = 20_000

  init(_ store: Store) { self.store = store }

  func run() {
    let first = store.nextNumber
    let events = TrialEvents.events(first...(first + StoreBench.eventCount - 1))
    let bytesBefore = store.counters.bytes
    var callerNanoseconds: [UInt64] = []
    callerNanoseconds.reserveCapacity(events.count)
    let start = now()
    let cpuStart = processorNanoseconds()
    for event in events {
      // A real scanner is slower than the disk: the queue is kept from overflowing.
      while store.counters.waiting > 6_000 { usleep(1_000) }
      let before = now()
      _ = store.reserve(through: event.sequence)
      store.append([event])
      callerNanoseconds.append(now() - before)
    }
    try? store.writeWaiting()
    let seconds = Double(now() - start) / 1e9
    let cpu = Double(processorNanoseconds() - cpuStart) / 1e3 / Double(events.count)
    callerNanoseconds.sort()
    let counters = store.counters
    let batch = Double(counters.batchMicroseconds) / Double(max(1, counters.batches))
    say("\(events.count) events in \(seconds) s: \(Double(events.count) / seconds) events/s")
    say("caller, reserve and append: median \(callerNanoseconds[events.count / 2]) ns, ")
    say("  99 % \(callerNanoseconds[events.count * 99 / 100]) ns")
    say("  most \(callerNanoseconds[events.count - 1]) ns")
    say("process time \(cpu) µs per event")
    say(
      "store's thread \(Double(counters.batchMicroseconds) / Double(counters.written)) µs per event"
    )
    say("batches \(counters.batches), each \(batch) µs; not stored \(counters.notStored)")
    say("bytes per event \(Double(counters.bytes - bytesBefore) / Double(events.count))")
  }

  private func now() -> UInt64 { read(CLOCK_MONOTONIC) }
  private func processorNanoseconds() -> UInt64 { read(CLOCK_PROCESS_CPUTIME_ID) }

  private func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    // SAFETY: the kernel writes one timespec.
    unsafe clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
