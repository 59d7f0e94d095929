import Foundation
import Spectra
import Store
import Synchronization
import Testing
import storetrial

/// A store in a folder of its own, with everything that it reported.
final class StoreOnDisk {
  let folder: String
  let store: Store
  private let log: ReportLog
  private var later: [StoreOnDisk] = []

  /// Opens a store in `folder`, or in a new folder.
  init(
    _ folder: String = StoreOnDisk.makeFolder(),
    settings: StoreSettings = StoreSettings(ageDaysMax: nil, bytesMax: 1 << 30)
  ) {
    let log = ReportLog()
    (self.folder, self.log) = (folder, log)
    store = Store.open(folder: folder, settings: settings) { log.add($0) }
  }

  /// Closes this store and all that were opened from it.
  func close() {
    store.close()
    for disk in later { disk.close() }
  }

  /// What the store reported so far.
  var reports: [StoreReport] { log.reports }

  /// Reserves numbers, appends their events and returns when they are committed.
  func write(_ numbers: ClosedRange<UInt64>) throws {
    try #require(store.reserve(through: numbers.upperBound))
    store.append(TrialEvents.events(numbers))
    try store.writeWaiting()
  }

  /// Closes the store and opens the folder again.
  func reopened() -> StoreOnDisk {
    store.close()
    return another(in: folder)
  }

  /// Opens a store that is closed with this one.
  func another(in folder: String) -> StoreOnDisk {
    let disk = StoreOnDisk(folder)
    later.append(disk)
    return disk
  }

  /// The path of one of the store's files.
  func path(_ name: String) -> String { folder + "/" + name }

  /// The names of the store's files.
  var files: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) ?? []
  }

  /// A new folder below the one for temporary files.
  static func makeFolder() -> String {
    let path = NSTemporaryDirectory() + "spectrad-store-" + UUID().uuidString
    return path
  }

  /// A folder with a copy of the files as they stand now, as after a loss of power.
  func copiedFolder() throws -> String {
    let target = StoreOnDisk.makeFolder()
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    for file in files where file.contains(".sqlite") && !file.hasSuffix("-shm") {
      try FileManager.default.copyItem(atPath: path(file), toPath: target + "/" + file)
    }
    return target
  }
}

/// Runs a test with a folder that is removed afterwards.
func withStore(
  settings: StoreSettings = StoreSettings(ageDaysMax: nil, bytesMax: 1 << 30),
  _ test: (StoreOnDisk) throws -> Void
) throws {
  let store = StoreOnDisk(settings: settings)
  defer {
    store.close()
    try? FileManager.default.removeItem(atPath: store.folder)
  }
  try test(store)
}

extension Store {
  /// The whole stream behind a number, read page by page; fails where a page leaves a hole.
  func everything(after: UInt64 = 0, pageLimit: Int = 100) throws -> [StoredItem] {
    var items: [StoredItem] = []
    var through = after
    while true {
      let page = try self.page(after: through, limit: pageLimit)
      if page.through == through { return items }
      for item in page.items {
        let numbers =
          switch item {
          case .line(let line): line.sequence...line.sequence
          case .gap(let numbers, _): numbers
          }
        #expect(numbers.lowerBound == through + 1)
        through = numbers.upperBound
      }
      #expect(page.through == through)
      items += page.items
    }
  }
}

extension [StoredItem] {
  /// The lines alone.
  var lines: [StoredLine] {
    compactMap {
      guard case .line(let line) = $0 else { return nil }
      return line
    }
  }

  /// The gaps as `from-to reason`.
  var gaps: [String] {
    compactMap {
      guard case .gap(let numbers, let reason) = $0 else { return nil }
      return "\(numbers.lowerBound)-\(numbers.upperBound) \(reason)"
    }
  }
}

/// The error that an action throws; nil when it throws none.
func storeError<Value>(_ action: () throws -> Value) -> StoreError? {
  do {
    _ = try action()
    return nil
  } catch {
    return error as? StoreError
  }
}

/// Waits until something is so; false when it is not within the time.
func eventually(seconds: Double = 10, _ condition: () -> Bool) -> Bool {
  let end = ContinuousClock.now + .seconds(seconds)
  while !condition() {
    if ContinuousClock.now > end { return false }
    usleep(5_000)
  }
  return true
}

/// Reports of a store, from whichever thread.
private final class ReportLog: Sendable {
  private let list = Mutex<[StoreReport]>([])
  var reports: [StoreReport] { list.withLock { $0 } }
  func add(_ report: StoreReport) { list.withLock { $0.append(report) } }
}
