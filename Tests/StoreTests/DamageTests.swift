import Foundation
import Spectra
import Store
import Testing
import storetrial

/// Files that are damaged, missing or somebody else's.
@Suite struct DamageTests {
  @Test(arguments: ["store.sqlite", "numbers.sqlite"])
  func `a file that is none of SQLite's is set aside and another begun`(name: String) throws {
    try withStore { disk in
      try disk.write(1...30)
      disk.store.close()
      let nonsense = Data("This is no database, but somebody's letter.".utf8)
      try nonsense.write(to: URL(filePath: disk.path(name)))
      let second = disk.another(in: disk.folder)
      #expect(second.store.problem == nil)
      let aside = try #require(second.files.first { $0.hasPrefix(name + ".damaged-") })
      #expect(try Data(contentsOf: URL(filePath: disk.path(aside))) == nonsense)
      #expect(second.store.counters.setAside == 1)
      #expect(second.store.stream != disk.store.stream)
      #expect(
        second.reports.count == 2 && second.reports.last == .streamChanged(to: second.store.stream)
      )
      // Numbers go on whichever file was lost.
      #expect(second.store.nextNumber == 31)
      try second.write(31...40)
      let lines = try second.store.everything().lines.map(\.sequence)
      #expect(lines == (name == "store.sqlite" ? Array(31...40) : Array(1...40)))
      let third = second.reopened()
      #expect(third.reports.isEmpty && third.store.nextNumber == 41)
      #expect(third.store.stream == second.store.stream)
      third.store.close()
    }
  }

  @Test(arguments: ["store.sqlite", "numbers.sqlite"])
  func `a file that is gone means another stream, and no number twice`(name: String) throws {
    try withStore { disk in
      try disk.write(1...30)
      disk.store.close()
      try FileManager.default.removeItem(atPath: disk.path(name))
      let second = disk.another(in: disk.folder)
      #expect(second.store.stream != disk.store.stream && second.store.nextNumber == 31)
      #expect(second.reports == [.streamChanged(to: second.store.stream)])
      #expect(try second.store.everything().lines.count == (name == "store.sqlite" ? 0 : 30))
      #expect(try second.store.page(after: 30, limit: 1).items.isEmpty)
    }
  }

  @Test func `a file that is removed while it is in use is told, and another begun`() throws {
    try withStore { disk in
      try disk.write(1...30)
      let stream = disk.store.stream
      try FileManager.default.removeItem(atPath: disk.path("store.sqlite"))
      // The next batch finds it gone; it is written into the new file.
      _ = try? disk.write(31...40)
      let deadline = ContinuousClock.now + .seconds(20)
      while !disk.reports.contains(.streamChanged(to: disk.store.stream)),
        ContinuousClock.now < deadline
      {
        Thread.sleep(forTimeInterval: 0.02)
      }
      #expect(disk.reports.contains(.streamChanged(to: disk.store.stream)))
      #expect(disk.store.stream != stream)
      try disk.write(41...50)
      #expect(try disk.store.everything().lines.map(\.sequence).last == 50)
      #expect(FileManager.default.fileExists(atPath: disk.path("store.sqlite")))
    }
  }

  @Test func `files of two different stores count in a new stream behind both`() throws {
    try withStore { disk in
      try disk.write(1...30)
      disk.store.close()
      let other = disk.another(in: StoreOnDisk.makeFolder())
      defer { try? FileManager.default.removeItem(atPath: other.folder) }
      try other.write(1...50)
      other.store.close()
      try FileManager.default.removeItem(atPath: disk.path("store.sqlite"))
      try FileManager.default.copyItem(
        atPath: other.path("store.sqlite"),
        toPath: disk.path("store.sqlite")
      )
      let mixed = disk.another(in: disk.folder)
      #expect(![disk.store.stream, other.store.stream].contains(mixed.store.stream))
      #expect(mixed.store.nextNumber == 51)
      #expect(try mixed.store.everything().lines.count == 50)
    }
  }

  @Test(arguments: 0..<60)
  func `damage anywhere never crashes, and writing goes on`(round: Int) throws {
    let seed = UInt64(round) &* 104_729 &+ 3
    try withStore { disk in
      try disk.write(1...200)
      disk.store.close()
      let name = round % 6 == 5 ? "numbers.sqlite" : "store.sqlite"
      try spoil(disk.path(name), seed: seed)
      let second = disk.another(in: disk.folder)
      let place: Comment = "seed \(seed), \(name)"
      #expect(second.store.problem == nil, place)
      #expect(second.store.nextNumber >= 201, place)
      _ = try? second.store.everything()
      _ = try? second.store.samples()
      for number: UInt64 in 1...200 {
        _ = try? second.store.scan(number)
        _ = try? second.store.sample(TrialEvents.sampleId(number))
      }
      // Damage that reading found is set aside by the thread; then writing works at the latest.
      let worksAgain = eventually(seconds: 20) {
        let next = second.store.nextNumber
        guard second.store.reserve(through: next) else { return false }
        second.store.append([TrialEvents.event(next)])
        return (try? second.store.writeWaiting()) != nil
      }
      #expect(worksAgain, "seed \(seed), \(name): \(second.reports)")
    }
  }

  @Test func `damage that reading finds is set aside, and what comes then is stored`() throws {
    try withStore { disk in
      try disk.write(1...2_000)
      let stream = disk.store.stream
      let again = disk.reopened()
      // The file is overwritten beneath the open store, all but its first page.
      let handle = try #require(FileHandle(forWritingAtPath: disk.path("store.sqlite")))
      let size = try handle.seekToEnd()
      try handle.seek(toOffset: 4_096)
      try handle.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 4_096))
      try handle.close()
      #expect(storeError { try again.store.everything() } != nil)
      #expect(eventually(seconds: 20) { again.store.stream != stream })
      #expect(eventually { again.reports.contains(.streamChanged(to: again.store.stream)) })
      try again.write(2_001...2_010)
      #expect(again.store.counters.setAside == 1)
      let items = try again.store.everything()
      #expect(items.lines.map(\.sequence) == Array(2_001...2_010))
      #expect(items.gaps == ["1-2000 expired"])
      #expect(again.store.nextNumber == 2_011 && again.store.counters.problem == nil)
      let third = again.reopened()
      #expect(third.store.stream == again.store.stream && third.reports.isEmpty)
    }
  }

  @Test(
    .enabled(if: RunningTrial.exists("sqlite3"), "sqlite3 is not installed"),
    arguments: ["store.sqlite", "numbers.sqlite"]
  )
  func `a later version's file is left alone`(name: String) throws {
    try withStore { disk in
      try disk.write(1...5)
      disk.store.close()
      let table = name == "store.sqlite" ? "stream" : "numbers"
      try RunningTrial.run(
        "sqlite3",
        [disk.path(name), "PRAGMA user_version = 2; UPDATE \(table) SET schema = 2"]
      )
      let before = try Data(contentsOf: URL(filePath: disk.path(name)))
      let second = disk.another(in: disk.folder)
      let problem = try #require(second.store.problem)
      #expect(problem.contains("later version") && problem.contains("schema 2"))
      #expect(second.reports == [.unavailable(problem: problem)])
      #expect(!second.store.reserve(through: 6))
      #expect(try Data(contentsOf: URL(filePath: disk.path(name))) == before)
      #expect(!second.files.contains { $0.contains("damaged") })
    }
  }

  @Test func `a folder that cannot be made is told`() {
    let disk = StoreOnDisk("/proc/nowhere/store")
    #expect(disk.store.problem?.contains("/proc/nowhere") == true)
    #expect(disk.store.stream.count == 32 && disk.store.oldestNumber == nil)
    disk.store.append([TrialEvents.event(1)])
    disk.close()
  }

  /// Overwrites 1 to 64 bytes at 1 to 8 places.
  private func spoil(_ path: String, seed: UInt64) throws {
    let url = URL(filePath: path)
    var bytes = try Data(contentsOf: url)
    for place in 0..<(1 + TrialEvents.mixed(seed) % 8) {
      let chance = TrialEvents.mixed(seed &* 31 &+ place)
      // Half of the places are near a page's beginning, where its structure stands.
      let page = Int(chance >> 32) % (bytes.count / 4_096) * 4_096
      let start = page + Int(chance >> 8) % (place % 2 == 0 ? 64 : 4_000)
      for offset in 0..<(1 + Int(chance % 64)) where start + offset < bytes.count {
        bytes[start + offset] = UInt8(
          truncatingIfNeeded: TrialEvents.mixed(chance &+ UInt64(offset))
        )
      }
    }
    try bytes.write(to: url)
  }
}
