import Foundation
import Spectra
import Store
import Testing
import storetrial

/// What is appended, and how it is read again.
@Suite struct StreamTests {
  @Test func `a new store has a stream, the number 1 next, and nothing in it`() throws {
    try withStore { disk in
      #expect(disk.store.problem == nil)
      #expect(disk.store.stream.count == 32)
      #expect(disk.store.stream.allSatisfy { $0.isHexDigit && !$0.isUppercase })
      #expect(disk.store.nextNumber == 1)
      #expect(disk.store.oldestNumber == nil)
      let page = try disk.store.page(after: 0, limit: 10)
      #expect(page == StoredPage(items: [], through: 0))
      #expect(disk.reports.isEmpty)
    }
  }

  @Test(arguments: [1, 7, 100, 1_000])
  func `lines come back as they were, in pages of any size`(limit: Int) throws {
    try withStore { disk in
      try disk.write(1...130)
      let items = try disk.store.everything(pageLimit: limit)
      #expect(items.gaps.isEmpty)
      #expect(items.lines.map(\.sequence) == Array(1...130))
      #expect(items.lines.map(\.bytes) == (1...130).map { TrialEvents.line($0) })
      #expect(items.lines[49].kind == "scanner" && items.lines[0].kind == "prediction")
      #expect(items.lines[10].isFinal && !items.lines[11].isFinal)
      #expect(items.lines.allSatisfy { $0.scanner == "6100001" })
    }
  }

  @Test func `a page ends at its limit and the next one goes on`() throws {
    try withStore { disk in
      try disk.write(1...30)
      let page = try disk.store.page(after: 10, limit: 5)
      #expect(page.items.lines.map(\.sequence) == [11, 12, 13, 14, 15])
      #expect(page.through == 15)
      let end = try disk.store.page(after: 30, limit: 5)
      #expect(end == StoredPage(items: [], through: 30))
      #expect(try disk.store.page(after: 9_999, limit: 5).through == 9_999)
    }
  }

  @Test func `what is appended is committed within a second without being asked for`() throws {
    try withStore { disk in
      #expect(disk.store.reserve(through: 1))
      let start = ContinuousClock.now
      disk.store.append([TrialEvents.event(1)])
      #expect(eventually(seconds: 5) { (try? disk.store.page(after: 0, limit: 1).through) == 1 })
      let duration = ContinuousClock.now - start
      #expect(duration < .milliseconds(1_500), "it took \(duration)")
    }
  }

  @Test func `more than one batch is written to its end`() throws {
    try withStore { disk in
      #expect(disk.store.reserve(through: 1_300))
      disk.store.append(TrialEvents.events(1...1_300))
      #expect(eventually { disk.store.counters.written == 1_300 })
      #expect(disk.store.counters.waiting == 0)
    }
  }

  @Test func `numbers that were passed over become a gap`() throws {
    try withStore { disk in
      try disk.write(1...3)
      #expect(disk.store.reserve(through: 10))
      disk.store.append([TrialEvents.event(6), TrialEvents.event(7), TrialEvents.event(10)])
      try disk.store.writeWaiting()
      let items = try disk.store.everything(pageLimit: 2)
      #expect(items.gaps == ["4-5 notStored", "8-9 notStored"])
      #expect(try disk.store.page(after: 4, limit: 1).items.gaps == ["5-5 notStored"])
    }
  }

  @Test func `a number that comes again is not stored again`() throws {
    try withStore { disk in
      try disk.write(1...5)
      var impostor = TrialEvents.event(4)
      impostor.line = Array("another\n".utf8)
      disk.store.append([impostor])
      try disk.store.writeWaiting()
      #expect(try disk.store.everything().lines[3].bytes == TrialEvents.line(4))
      #expect(disk.store.counters.notStored == 1)
    }
  }

  @Test func `a clean close keeps the stream and gives unused numbers back`() throws {
    try withStore { disk in
      try disk.write(1...20)
      let stream = disk.store.stream
      let second = disk.reopened()
      #expect(second.store.stream == stream)
      #expect(second.store.nextNumber == 21)
      #expect(second.store.oldestNumber == 1)
      #expect(second.reports.isEmpty)
      try second.write(21...25)
      let items = try second.store.everything()
      #expect(items.gaps.isEmpty && items.count == 25)
      #expect(second.store.counters.scans == 25)
    }
  }

  @Test func `closing writes what waits, and numbers without an event become a gap`() throws {
    try withStore { disk in
      #expect(disk.store.reserve(through: 40))
      disk.store.append(TrialEvents.events(1...37))
      let second = disk.reopened()
      #expect(second.store.nextNumber == 41)
      let items = try second.store.everything()
      #expect(items.lines.count == 37)
      #expect(items.gaps == ["38-40 notStored"])
      disk.store.append([TrialEvents.event(38)])
      #expect(disk.store.counters.notStored == 1)
      #expect(!disk.store.reserve(through: 41))
      #expect(storeError { try disk.store.page(after: 0, limit: 1) } != nil)
    }
  }

  @Test func `when too many wait, the oldest are given up, counted and reported once`() throws {
    var settings = StoreSettings(ageDaysMax: nil, bytesMax: 1 << 30)
    settings.queuedEventsMax = 100
    try withStore(settings: settings) { disk in
      #expect(disk.store.reserve(through: 450))
      disk.store.append(TrialEvents.events(1...450))
      try disk.store.writeWaiting()
      #expect(disk.store.counters.notStored == 350)
      #expect(try disk.store.everything().gaps == ["1-350 notStored"])
      #expect(try disk.store.everything().lines.map(\.sequence) == Array(351...450))
      #expect(disk.reports == [.queueFull(limit: 100)])
    }
  }

  @Test func `a block of numbers is reserved before it is used up`() throws {
    try withStore { disk in
      #expect(disk.store.reserve(through: 1))
      // Half of the block is used: the thread reserves the next one by itself.
      #expect(disk.store.reserve(through: 3_000))
      #expect(disk.store.reserve(through: 20_000))
      #expect(disk.store.nextNumber == 20_001)
      #expect(!disk.store.reserve(through: .max))
    }
  }
}
