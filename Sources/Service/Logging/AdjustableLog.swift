import Logging
import Synchronization

/// The least severe level that is logged, for every logger that has it; a reload may change it.
final class LogThreshold: Sendable {
  private let value: Mutex<Logger.Level>

  init(_ level: Logger.Level) { value = Mutex(level) }

  var level: Logger.Level {
    get { value.withLock { $0 } }
    set { value.withLock { $0 = newValue } }
  }
}

/// A handler whose level is that of a shared threshold.
struct AdjustableLog: LogHandler {
  private var handler: any LogHandler
  private let threshold: LogThreshold

  init(_ handler: any LogHandler, threshold: LogThreshold) {
    (self.handler, self.threshold) = (handler, threshold)
    self.handler.logLevel = .trace
  }

  /// The threshold's; a logger of its own opinion would not follow a reload, so it has none.
  var logLevel: Logger.Level {
    get { threshold.level }
    set {}
  }

  var metadata: Logger.Metadata {
    get { handler.metadata }
    set { handler.metadata = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { handler[metadataKey: key] }
    set { handler[metadataKey: key] = newValue }
  }

  func log(event: LogEvent) { handler.log(event: event) }
}
