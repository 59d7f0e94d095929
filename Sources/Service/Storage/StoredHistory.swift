import FoundationEssentials
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
      case .line(let line):
        // The disk may have changed a byte: what is no JSON would end the client's connection.
        line.isWhole
          ? .line(NumberedLine(line)) : .gap(line.sequence...line.sequence, reason: .notStored)
      case .gap(let numbers, let reason):
        .gap(numbers, reason: Publishing.GapReason(rawValue: reason) ?? .notStored)
      }
    }
    self.init(items: items, through: page.through)
  }
}

extension StoredLine {
  /// Whether the line is still the JSON object of its number.
  fileprivate var isWhole: Bool {
    struct Head: Decodable {
      var type: String
      var seq: UInt64
    }
    let head = try? JSONDecoder().decode(Head.self, from: Data(bytes))
    return head?.seq == sequence && head?.type == kind && bytes.last == UInt8(ascii: "\n")
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
