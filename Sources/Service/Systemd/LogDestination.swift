import Glibc
package import Logging

/// Where log lines go: the journal when standard error is the journal, else standard error.
package enum LogDestination {
  /// Makes the handler for the logger called `label`.
  ///
  /// - Parameters:
  ///   - label: what the journal shows before each line.
  ///   - journalStream: the variable JOURNAL_STREAM, in which systemd tells the device and the
  ///     inode of the journal's stream.
  /// - Returns: the journal's handler or the one of standard error.
  package static func handler(label: String, journalStream: String?) -> any LogHandler {
    isJournal(STDERR_FILENO, journalStream: journalStream)
      ? JournalLog(identifier: label) : StandardErrorLog(label: label)
  }

  /// Whether `descriptor` is the stream that JOURNAL_STREAM names as DEVICE:INODE.
  ///
  /// The variable alone is no proof: a child may have been given another standard error.
  package static func isJournal(_ descriptor: CInt, journalStream: String?) -> Bool {
    let numbers = journalStream?.split(separator: ":", omittingEmptySubsequences: false) ?? []
    guard numbers.count == 2, let device = UInt(numbers[0]), let inode = UInt(numbers[1]) else {
      return false
    }
    var status = stat()
    // SAFETY: the system writes one stat during the call.
    guard unsafe fstat(descriptor, &status) == 0 else { return false }
    return status.st_dev == device && status.st_ino == inode
  }
}

/// Lines of text on standard error, without what only the journal has a use for.
struct StandardErrorLog: LogHandler {
  private var stream: StreamLogHandler

  init(label: String) { stream = StreamLogHandler.standardError(label: label) }

  var metadata: Logger.Metadata {
    get { stream.metadata }
    set { stream.metadata = newValue }
  }

  var metadataProvider: Logger.MetadataProvider? {
    get { stream.metadataProvider }
    set { stream.metadataProvider = newValue }
  }

  var logLevel: Logger.Level {
    get { stream.logLevel }
    set { stream.logLevel = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { stream[metadataKey: key] }
    set { stream[metadataKey: key] = newValue }
  }

  func log(event: LogEvent) {
    var event = event
    event.metadata?[Logger.messageIDKey] = nil
    stream.log(event: event)
  }
}
