import Logging
import Synchronization

/// The lines that a logger was given, for tests to look at.
final class CollectedLines: Sendable {
  struct Line: Sendable {
    let text: String
    let metadata: Logger.Metadata
    var messageID: String? { metadata["messageID"].map { "\($0)" } }
  }

  private let lines = Mutex<[Line]>([])
  var all: [Line] { lines.withLock { $0 } }
  func add(_ line: Line) { lines.withLock { $0.append(line) } }
}

struct CollectingLog: LogHandler {
  let lines: CollectedLines
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.trace

  init(lines: CollectedLines) { self.lines = lines }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    lines.add(CollectedLines.Line(text: "\(event.message)", metadata: event.metadata ?? [:]))
  }
}
