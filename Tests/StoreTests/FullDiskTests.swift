import Foundation
import Spectra
import Store
import Testing
import storetrial

/// A disk without room, on a small file system that root may mount.
@Suite(.enabled(if: SmallDisk.isAvailable, "a small file system needs root and mount"))
struct FullDiskTests {
  @Test func `on a full disk numbers go on, it is reported once, and storing recovers`() throws {
    let small = try SmallDisk(mebibytes: 6)
    let disk = StoreOnDisk(small.path + "/store")
    defer { disk.close() }
    try disk.write(1...100)
    small.fill()
    // Enough that what free pages there are does not last.
    var sequence: UInt64 = 100
    while disk.store.counters.problem == nil, sequence < 12_000 {
      #expect(disk.store.reserve(through: sequence + 400), "number \(sequence + 400)")
      disk.store.append(TrialEvents.events((sequence + 1)...(sequence + 400)))
      sequence += 400
      usleep(50_000)
    }
    #expect(disk.store.counters.problem?.contains("full") == true)
    // Blocks are reserved on, although there is no room left.
    for _ in 0..<10 {
      sequence += 4_096
      #expect(disk.store.reserve(through: sequence))
    }
    #expect(disk.store.nextNumber == sequence + 1)
    #expect(try disk.store.page(after: 0, limit: 100).items.lines.count == 100)
    usleep(2_500_000)
    #expect(disk.reports.filter(\.isCannotWrite).count == 1)
    small.empty()
    #expect(eventually(seconds: 30) { disk.store.counters.problem == nil })
    #expect(disk.reports.contains { if case .writesAgain = $0 { true } else { false } })
    try disk.write((sequence + 1)...(sequence + 5))
    let items = try disk.store.everything()
    #expect(items.gaps.allSatisfy { $0.hasSuffix("notStored") })
    #expect(items.lines.suffix(5).map(\.sequence) == Array((sequence + 1)...(sequence + 5)))
    #expect(items.lines.allSatisfy { $0.bytes == TrialEvents.line($0.sequence) })
  }

  @Test func `a store that was open when the disk was full can be opened on the full disk`() throws
  {
    let small = try SmallDisk(mebibytes: 4)
    let disk = StoreOnDisk(small.path + "/store")
    try disk.write(1...50)
    disk.close()
    small.fill()
    let second = StoreOnDisk(disk.folder)
    #expect(second.store.problem == nil)
    #expect(second.store.reserve(through: 51))
    #expect(second.store.stream == disk.store.stream)
    second.close()
    small.empty()
    let third = StoreOnDisk(disk.folder)
    defer { third.close() }
    #expect(third.store.nextNumber == 52)
    #expect(try third.store.everything().lines.count == 50)
  }
}

extension StoreReport {
  fileprivate var isCannotWrite: Bool {
    if case .cannotWrite = self { return true }
    return false
  }
}

/// A tmpfs of a few mebibytes, unmounted in the end.
private final class SmallDisk {
  let path = StoreOnDisk.makeFolder()

  /// Whether this process may mount.
  static let isAvailable: Bool = {
    guard getuid() == 0, let disk = try? SmallDisk(mebibytes: 1) else { return false }
    return FileManager.default.fileExists(atPath: disk.path)
  }()

  init(mebibytes: Int) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try RunningTrial.run("mount", ["-t", "tmpfs", "-o", "size=\(mebibytes)m", "tmpfs", path])
  }

  /// Leaves no room for anything.
  func fill() {
    let handle = unsafe open(path + "/filler", O_WRONLY | O_CREAT, 0o600)
    let block = [UInt8](repeating: 1, count: 4_096)
    while unsafe write(handle, block, block.count) == block.count {}
    close(handle)
  }

  /// Takes away what `fill` wrote.
  func empty() { try? FileManager.default.removeItem(atPath: path + "/filler") }

  deinit {
    try? RunningTrial.run("umount", ["-l", path])
    try? FileManager.default.removeItem(atPath: path)
  }
}
