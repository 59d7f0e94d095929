import NIOPosix
import Publishing
import Spectra
import Store

/// What the store holds of its stream, for clients that were away.
struct StoredHistory: EventHistory {
  let store: Store

  func page(after: UInt64, limit: Int) async throws -> HistoryPage {
    // Reading waits for the disk: not on the threads that run tasks.
    try await NIOThreadPool.singleton.runIfActive { [store] in
      HistoryPage(try store.page(after: after, limit: limit))
    }
  }
}

extension HistoryPage {
  /// A page of the store as clients are sent it.
  init(_ page: StoredPage) {
    let items = page.items.map { item -> Item in
      switch item {
      case .line(let line): .line(NumberedLine(line))
      case .gap(let numbers, let reason):
        .gap(numbers, reason: Publishing.GapReason(rawValue: reason) ?? .notStored)
      }
    }
    self.init(items: items, through: page.through)
  }
}

extension NumberedLine {
  fileprivate init(_ line: StoredLine) {
    self.init(
      sequence: line.sequence,
      kind: StreamObjectKind(rawValue: line.kind) ?? .prediction,
      scanner: line.scanner,
      // Only lines that are remembered after they were published are looked for by sample.
      sampleId: nil,
      isFinal: line.isFinal,
      bytes: line.bytes
    )
  }
}
