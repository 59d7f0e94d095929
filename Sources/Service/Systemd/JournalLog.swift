import CSystemd
import Glibc
package import Logging

/// Writes log lines to systemd's journal, with their metadata as fields of their own.
///
/// `journalctl -u spectrad SPECTRAD_SCANNER=T1100012` finds what one scanner did. The message
/// repeats the metadata for people, who read messages.
struct JournalLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?
  var logLevel = Logger.Level.info
  private let identifier: String

  /// `identifier` is what the journal shows before each line.
  init(identifier: String) { self.identifier = identifier }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all =
      metadata
      .merging(metadataProvider?.get() ?? [:]) { $1 }
      .merging(event.metadata ?? [:]) { $1 }
    let fields = JournalField.fields(
      of: event,
      metadata: all,
      identifier: identifier
    )
    guard JournalField.send(fields) else {
      // Standard error leads to the journal as well, through another door.
      StandardError.write("\(event.message)\n")
      return
    }
  }
}

/// One field of a journal entry; its value may hold any bytes.
package struct JournalField: Equatable, Sendable {
  /// Capital letters, digits and underscores.
  package let name: String
  /// Any text, of one line or several.
  package let value: String

  /// What the journal is given for `event`: our fields are called SPECTRAD_ and the key.
  package static func fields(
    of event: LogEvent,
    metadata: Logger.Metadata,
    identifier: String
  ) -> [JournalField] {
    let sorted = metadata.sorted { $0.key < $1.key }
    let forPeople = sorted.filter { $0.key != Logger.messageIDKey }
      .map { " \($0.key)=\($0.value)" }
      .joined()
    var fields = [
      JournalField(name: "MESSAGE", value: "\(event.message)" + forPeople),
      JournalField(name: "PRIORITY", value: "\(priority(of: event.level))"),
      JournalField(name: "SYSLOG_IDENTIFIER", value: identifier),
    ]
    if let error = event.error {
      fields.append(JournalField(name: "SPECTRAD_ERROR", value: "\(error)"))
    }
    for (key, value) in sorted {
      fields.append(JournalField(name: name(of: key), value: "\(value)"))
    }
    return fields
  }

  /// The journal's name for a metadata key: `sampleId` is SPECTRAD_SAMPLE_ID.
  ///
  /// The journal takes capital letters, digits and underscores, at most 64.
  package static func name(of key: String) -> String {
    if key == Logger.messageIDKey { return "MESSAGE_ID" }
    var name = "SPECTRAD_"
    var previous: Character = "_"
    for character in key.prefix(64) {
      guard character.isASCII, character.isLetter || character.isNumber else {
        name.append("_")
        previous = "_"
        continue
      }
      if character.isUppercase, previous.isLowercase || previous.isNumber { name.append("_") }
      name.append(contentsOf: character.uppercased())
      previous = character
    }
    return String(name.prefix(64))
  }

  /// The syslog priority of a level.
  package static func priority(of level: Logger.Level) -> CInt {
    switch level {
    case .trace, .debug: LOG_DEBUG
    case .info: LOG_INFO
    case .notice: LOG_NOTICE
    case .warning: LOG_WARNING
    case .error: LOG_ERR
    case .critical: LOG_CRIT
    }
  }

  /// Hands one entry to the journal; false when it does not take it.
  static func send(_ fields: [JournalField]) -> Bool {
    var bytes: [UInt8] = []
    var lengths: [Int] = []
    for field in fields {
      let start = bytes.count
      bytes.append(contentsOf: "\(field.name)=\(field.value)".utf8)
      lengths.append(bytes.count - start)
    }
    // SAFETY: each vector covers its own part of `bytes`, which lives through the call.
    return unsafe bytes.withUnsafeMutableBytes { buffer in
      var start = buffer.baseAddress
      var vectors: [iovec] = unsafe []
      for length in lengths {
        unsafe vectors.append(iovec(iov_base: start, iov_len: length))
        unsafe start = start.map { unsafe $0 + length }
      }
      return unsafe sd_journal_sendv(&vectors, CInt(vectors.count)) >= 0
    }
  }
}
