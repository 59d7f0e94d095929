import Glibc
import Logging
import Service
import Testing

@Suite struct JournalLogTests {
  @Test(arguments: [
    ("scanner", "SPECTRAD_SCANNER"), ("sampleId", "SPECTRAD_SAMPLE_ID"),
    ("sequence", "SPECTRAD_SEQUENCE"), ("bundle", "SPECTRAD_BUNDLE"), ("error", "SPECTRAD_ERROR"),
    ("startMicroseconds", "SPECTRAD_START_MICROSECONDS"), ("sha256Sum", "SPECTRAD_SHA256_SUM"),
    ("a key, größer", "SPECTRAD_A_KEY__GR__ER"), ("", "SPECTRAD_"), ("messageID", "MESSAGE_ID"),
    (
      String(repeating: "x", count: 100),
      "SPECTRAD_XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
    ),
  ])
  func `a metadata key becomes a name that the journal takes`(key: String, name: String) {
    let found = JournalField.name(of: key)
    #expect(found == name)
    #expect(found.utf8.count <= 64)
  }

  @Test func `an entry has a message for people and a field for each value`() {
    let event = LogEvent(
      level: .warning,
      message: "the scanner is disconnected",
      error: SomeError(),
      metadata: nil,
      source: "Service",
      file: "file",
      function: "function",
      line: 1
    )
    let fields = JournalField.fields(
      of: event,
      metadata: ["scanner": "T1100012", "messageID": "00ff", "count": "7"],
      identifier: "spectrad"
    )
    let expected = [
      "MESSAGE": "the scanner is disconnected count=7 scanner=T1100012", "PRIORITY": "4",
      "SYSLOG_IDENTIFIER": "spectrad", "SPECTRAD_ERROR": "the cable is out", "MESSAGE_ID": "00ff",
      "SPECTRAD_COUNT": "7", "SPECTRAD_SCANNER": "T1100012",
    ]
    let found = Dictionary(fields.map { ($0.name, $0.value) }) { first, _ in first + " twice" }
    #expect(found == expected)
  }

  @Test func `every level has a priority, the more urgent the smaller`() {
    let priorities = Logger.Level.allCases.map(JournalField.priority(of:))
    #expect(priorities == [7, 7, 6, 5, 4, 3, 2])
  }

  @Test func `the journal is told by the device and inode of standard error`() throws {
    var status = stat()
    // SAFETY: the system writes one stat.
    try #require(unsafe fstat(STDIN_FILENO, &status) == 0)
    let (device, inode) = (status.st_dev, status.st_ino)
    let isJournal = { LogDestination.isJournal(STDIN_FILENO, journalStream: $0) }
    #expect(isJournal("\(device):\(inode)"))
    for other in [
      nil, "", ":", "\(device)", "\(device):", "\(device):\(inode):", "\(inode + 1):\(inode)",
      "\(device):\(inode + 1)", "-1:\(inode)", " \(device):\(inode)",
    ] {
      #expect(!isJournal(other), "JOURNAL_STREAM=\(other ?? "unset")")
    }
    #expect(!LogDestination.isJournal(-1, journalStream: "\(device):\(inode)"))
  }

  @Test func `an operator's message carries its identity, its level and its fields`() throws {
    let lines = CollectedLines()
    let logger = Logger(label: "test") { _ in CollectingLog(lines: lines) }
    logger.tell(.scansLost, "scans were lost", metadata: ["scanner": "A", "count": "3"])
    let line = try #require(lines.all.first)
    #expect(line.text == "scans were lost")
    #expect(line.messageID == OperatorMessage.scansLost.messageID)
    #expect(line.metadata["scanner"] == "A")
    #expect(OperatorMessage.scansLost.level == .warning)
  }
}

private struct SomeError: Error, CustomStringConvertible {
  let description = "the cable is out"
}
