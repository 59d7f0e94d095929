import Foundation
import Spectra
import Store
import Testing
import storetrial

/// What age and size delete.
@Suite struct RetentionTests {
  @Test func `what is older than the limit goes, the rest stays`() throws {
    let folder = StoreOnDisk.makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let first = StoreOnDisk(folder)
    #expect(first.store.reserve(through: 1_000))
    let now = Timestamp.now().microsecondsSinceEpoch
    // One event an hour, the last one just now.
    first.store.append(
      (UInt64(1)...1_000).map { number in
        var event = TrialEvents.event(number)
        event.time = Timestamp(microsecondsSinceEpoch: now - Int64(1_000 - number) * 3_600_000_000)
        return event
      }
    )
    first.close()
    let settings = StoreSettings(ageDaysMax: 10, bytesMax: 1 << 30)
    let second = StoreOnDisk(folder, settings: settings)
    defer { second.close() }
    #expect(eventually { second.store.counters.expired == 760 })
    #expect(eventually { second.store.oldestNumber == 761 })
    let items = try second.store.everything()
    #expect(items.gaps == ["1-760 expired"])
    #expect(items.lines.map(\.sequence) == Array(761...1_000))
    // 761 is the sixth of its sample: what is left of it says so.
    let sample = try second.store.sample(TrialEvents.sampleId(761))
    #expect(sample.sample.storedScans == sample.scans.count)
    #expect(sample.scans.first == 761)
    #expect(second.store.counters.samples == 21)
    #expect(second.store.counters.scans == 235)
  }

  @Test func `when everything expired the numbers go on, and the gap is told`() throws {
    let folder = StoreOnDisk.makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let first = StoreOnDisk(folder)
    try first.write(1...40)
    first.close()
    let settings = StoreSettings(ageDaysMax: 1, bytesMax: 1 << 30)
    let second = StoreOnDisk(folder, settings: settings)
    #expect(eventually { second.store.counters.expired == 40 })
    #expect(second.store.oldestNumber == nil && second.store.nextNumber == 41)
    #expect(second.store.stream == first.store.stream)
    #expect(try second.store.everything().gaps == ["1-40 expired"])
    second.close()
    let third = StoreOnDisk(folder)
    defer { third.close() }
    #expect(third.store.nextNumber == 41 && third.store.counters.samples == 0)
    #expect(try third.store.page(after: 10, limit: 5).items.gaps == ["11-40 expired"])
  }

  @Test func `the file stays below its limit while events come without end`() throws {
    let limit: Int64 = 2 << 20
    try withStore(settings: StoreSettings(ageDaysMax: nil, bytesMax: limit)) { disk in
      var sizeMax = 0
      for first in stride(from: UInt64(1), to: 8_000, by: 400) {
        try disk.write(first...(first + 399))
        // Deleting is the thread's work: it is given the time that a scanner would give it.
        _ = eventually(seconds: 4) { disk.store.counters.bytes < limit + (10 << 20) }
        let attributes = try FileManager.default.attributesOfItem(atPath: disk.path("store.sqlite"))
        sizeMax = max(sizeMax, attributes[.size] as? Int ?? 0)
      }
      #expect(eventually { disk.isAtRest })
      #expect(disk.store.counters.bytes < limit + (10 << 20))
      #expect(sizeMax < 4 * Int(limit), "the file had \(sizeMax) bytes")
      let oldest = try #require(disk.store.oldestNumber)
      #expect(oldest > 1_000)
      let items = try disk.store.everything()
      #expect(items.gaps == ["1-\(oldest - 1) expired"])
      #expect(items.lines.count == 8_000 - Int(oldest) + 1)
      #expect(disk.store.counters.expired == Int(oldest) - 1)
    }
  }

  @Test func `a lowered limit shrinks the file`() throws {
    let folder = StoreOnDisk.makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let first = StoreOnDisk(folder)
    try first.write(1...3_000)
    first.close()
    let before = try byteCount(first.path("store.sqlite"))
    let limit = Int64(before / 4)
    let second = StoreOnDisk(folder, settings: StoreSettings(ageDaysMax: nil, bytesMax: limit))
    #expect(eventually { second.store.counters.expired > 2_000 })
    #expect(eventually { second.store.oldestNumber ?? 0 > 2_000 })
    #expect(eventually { second.isAtRest })
    second.close()
    #expect(try byteCount(first.path("store.sqlite")) <= Int(limit))
    #expect(
      first.files.sorted() == [
        "lock", "numbers.sqlite", "numbers.sqlite-journal", "store.sqlite",
        "store.sqlite-shm", "store.sqlite-wal",
      ]
    )
  }

  private func byteCount(_ path: String) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
  }
}

extension StoreOnDisk {
  /// Whether nothing changes for half a second.
  fileprivate var isAtRest: Bool {
    let before = store.counters
    usleep(500_000)
    return store.counters == before
  }
}
