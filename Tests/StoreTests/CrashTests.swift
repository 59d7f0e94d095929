import Foundation
import Spectra
import Store
import Testing
import storetrial

/// What is left after SIGKILL and after a loss of power, at any moment.
@Suite(.serialized) struct CrashTests {
  @Test func `twenty kills at random moments lose nothing that was committed`() throws {
    let seed: UInt64 = 20_261_121
    let folder = StoreOnDisk.makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var ledger = Ledger()
    for round in 0..<20 {
      let milliseconds = 20 + TrialEvents.mixed(seed &+ UInt64(round)) % 300
      let output = try RunningTrial("write", folder).killed(afterMilliseconds: milliseconds)
      ledger.enter(output)
      // Two kills in a row leave a reservation that nobody has closed yet.
      guard round % 3 != 1 else { continue }
      let place: Comment = "seed \(seed), round \(round)"
      let disk = StoreOnDisk(folder)
      #expect(disk.store.problem == nil, place)
      #expect(ledger.streams.isEmpty || ledger.streams == [disk.store.stream], place)
      #expect(disk.store.nextNumber > ledger.used, place)
      #expect(!disk.reports.contains { $0.isSetAside }, place)
      try ledger.check(disk, place)
      disk.close()
    }
    #expect(ledger.committed > 100, "the trial got nowhere: \(ledger)")
    #expect(ledger.problems.isEmpty)
  }

  @Test func `a crash is a gap of exactly the numbers that were reserved`() throws {
    try withStore { disk in
      try disk.write(1...10)
      let copy = try disk.copiedFolder()
      defer { try? FileManager.default.removeItem(atPath: copy) }
      let second = disk.another(in: copy)
      #expect(second.reports == [.crashGap(11...4_106)])
      #expect(second.store.nextNumber == 4_107 && second.store.stream == disk.store.stream)
      #expect(try second.store.everything().gaps == ["11-4106 crash"])
      try second.write(4_107...4_108)
      second.close()
      let third = disk.another(in: copy)
      #expect(third.reports.isEmpty && third.store.nextNumber == 4_109)
      #expect(try third.store.everything().gaps == ["11-4106 crash"])
    }
  }

  @Test(arguments: 0..<40)
  func `the files as a loss of power leaves them hold a whole beginning`(round: Int) throws {
    let seed = UInt64(round) &* 7_919
    try withStore { disk in
      // Several transactions in the log, the last of them cut off anywhere.
      for first in stride(from: UInt64(1), to: 60, by: 6) { try disk.write(first...(first + 5)) }
      let copy = try disk.copiedFolder()
      defer { try? FileManager.default.removeItem(atPath: copy) }
      let log = copy + "/store.sqlite-wal"
      let size = try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int ?? 0
      let kept = Int(TrialEvents.mixed(seed) % UInt64(size + 1))
      let handle = try #require(FileHandle(forWritingAtPath: log))
      try handle.truncate(atOffset: UInt64(kept))
      try handle.close()
      let second = disk.another(in: copy)
      let place: Comment = "seed \(seed): \(kept) of \(size) bytes"
      #expect(second.store.problem == nil, place)
      let items = try second.store.everything()
      let count = UInt64(items.lines.count)
      #expect(items.lines.map(\.sequence) == Array(1..<(count + 1)), place)
      #expect(items.lines.allSatisfy { $0.bytes == TrialEvents.line($0.sequence) }, place)
      #expect(count % 6 == 0, place)
      // Without a head in the log's beginning the file is empty, and so is another store.
      let isSame = second.store.stream == disk.store.stream
      #expect(isSame || count == 0, place)
      #expect(second.store.nextNumber == 4_103, place)
    }
  }

  @Test func `a second process is refused for as long as the first has the store`() throws {
    let folder = StoreOnDisk.makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let trial = try RunningTrial("hold", folder)
    #expect(eventually { trial.lines.contains { $0.hasPrefix("open") } })
    let disk = StoreOnDisk(folder)
    let problem = "\(folder) is in use by another process"
    #expect(disk.store.problem == problem)
    #expect(disk.reports == [.unavailable(problem: problem)])
    #expect(!disk.store.reserve(through: 1))
    #expect(storeError { try disk.store.page(after: 0, limit: 1) } == .inUse(folder: folder))
    #expect(disk.store.counters.problem == problem)
    _ = trial.killed(afterMilliseconds: 0)
    let second = StoreOnDisk(folder)
    #expect(second.store.problem == nil)
    let third = StoreOnDisk(folder)
    #expect(third.store.problem == problem)
    second.close()
  }
}

/// What trial processes said they had done.
private struct Ledger {
  var streams: Set<String> = []
  var used: UInt64 = 0
  var committed: UInt64 = 0
  /// The first number that each process was given: none may have been used before.
  var problems: [String] = []

  mutating func enter(_ lines: [String]) {
    for line in lines {
      let words = line.split(separator: " ")
      switch words[0] {
      case "open":
        streams.insert(String(words[1]))
        let next = UInt64(words[2]) ?? 0
        if next <= used { problems.append("\(next) is given again: \(used) was used") }
      case "used": used = max(used, UInt64(words[1]) ?? 0)
      case "committed": committed = max(committed, UInt64(words[1]) ?? 0)
      case "report": if !line.contains("without warning") { problems.append(line) }
      default: problems.append(line)
      }
    }
  }

  /// Everything committed is there, unchanged, and all that is not there is a crash's gap.
  func check(_ disk: StoreOnDisk, _ place: Comment) throws {
    let items = try disk.store.everything(pageLimit: 1_000)
    #expect(items.gaps.allSatisfy { $0.hasSuffix("crash") }, place)
    #expect(items.lines.allSatisfy { $0.bytes == TrialEvents.line($0.sequence) }, place)
    guard committed > 0 else { return }
    #expect(items.lines.contains { $0.sequence == committed }, place)
    let last = try #require(items.lines.last { $0.kind == "prediction" }, place)
    #expect(try disk.store.scan(last.sequence).scan == TrialEvents.scan(last.sequence), place)
    let through = try disk.store.page(after: disk.store.nextNumber, limit: 1).through
    #expect(through == disk.store.nextNumber, place)
    #expect(
      items.lines.filter { $0.kind == "prediction" }.count == disk.store.counters.scans,
      place
    )
  }
}

extension StoreReport {
  fileprivate var isSetAside: Bool {
    if case .setAside = self { return true }
    return false
  }
}
