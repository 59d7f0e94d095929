import Spectra

/// Writes events into `store.sqlite`; for one caller at a time.
struct EventWriter {
  let connection: Connection
  /// What the file says of itself, as committed.
  private(set) var head: EventsFile.Head
  /// Numbers up to this one, where they have no line, were lost in a crash.
  var crashThrough: UInt64
  /// Events that were taken from the queue and are not committed yet.
  var pending: [StoredEvent] = []

  private var sampleKeys: [String: Int64] = [:]
  private var grids: [KnownGrid] = []

  /// A grid that is in the file for certain, as it came.
  private struct KnownGrid {
    var key: Int64
    var revision: UInt64
    var wavelengthsNanometres: [Double]
    var scanner: ScannerDescription
  }

  /// What a batch does to one sample.
  private struct SampleChange {
    var key: Int64
    var last: StoredEvent
    var storedScans = 0
  }

  init(_ connection: Connection, head: EventsFile.Head, crashThrough: UInt64) {
    (self.connection, self.head, self.crashThrough) = (connection, head, crashThrough)
  }

  /// Commits the pending events and returns how many were written; all are, or none.
  ///
  /// Numbers that were passed over become gaps.
  mutating func writePending() throws(StoreError) -> Int {
    var next = head
    var written = 0
    do throws(StoreError) {
      try connection.transaction("storing events") { () throws(StoreError) in
        var changes: [String: SampleChange] = [:]
        for event in pending where event.sequence > next.through {
          try addGap(through: event.sequence - 1, &next)
          try write(event, &changes, &next)
          next.through = event.sequence
          written += 1
        }
        for change in changes.values { try update(change) }
        try save(next)
      }
    } catch {
      forgetKeys()
      throw error
    }
    head = next
    pending.removeAll(keepingCapacity: true)
    return written
  }

  /// Notes that the numbers up to `sequence` have no line and never will.
  mutating func closeGap(through sequence: UInt64) throws(StoreError) {
    var next = head
    guard sequence > next.through else { return }
    try connection.transaction("noting a gap") { () throws(StoreError) in
      try addGap(through: sequence, &next)
      try save(next)
    }
    head = next
  }

  /// Runs `change`, which may remove samples and scans, in one transaction.
  mutating func changeHead(
    _ activity: String,
    _ change: (inout EventsFile.Head) throws(StoreError) -> Void
  ) throws(StoreError) {
    var next = head
    try connection.transaction(activity) { () throws(StoreError) in
      try change(&next)
      try save(next)
    }
    head = next
    forgetKeys()
  }

  /// The oldest number that has a line; nil when none has.
  func oldest() throws(StoreError) -> UInt64? {
    try connection.first(
      "SELECT sequence FROM event ORDER BY sequence LIMIT 1",
      [],
      "looking for the oldest event"
    ) { (row) throws(StoreError) in try row.number(0) }
  }

  /// Moves the log into the file and empties it; false when somebody still reads from it.
  func truncateLog() throws(StoreError) -> Bool {
    try connection.first("PRAGMA wal_checkpoint(TRUNCATE)", [], "emptying the log") {
      $0.integer(0) == 0
    } ?? false
  }

  private mutating func forgetKeys() {
    sampleKeys = [:]
    grids = []
  }

  private func save(_ head: EventsFile.Head) throws(StoreError) {
    try connection.run(
      "UPDATE stream SET through = ?1, scans = ?2, samples = ?3 WHERE one = 1",
      [.number(head.through), .count(head.scans), .count(head.samples)],
      "storing events"
    )
  }

  private func addGap(through last: UInt64, _ head: inout EventsFile.Head) throws(StoreError) {
    var first = head.through + 1
    guard first <= last else { return }
    if first <= crashThrough {
      let end = min(last, crashThrough)
      try insertGap(first...end, reason: GapReason.crash)
      first = end + 1
    }
    if first <= last { try insertGap(first...last, reason: GapReason.notStored) }
    head.through = last
  }

  private func insertGap(_ numbers: ClosedRange<UInt64>, reason: String) throws(StoreError) {
    try connection.run(
      "INSERT INTO gap (first, last, reason) VALUES (?1, ?2, ?3)",
      [.number(numbers.lowerBound), .number(numbers.upperBound), .text(reason)],
      "storing a gap"
    )
  }
}

extension EventWriter {
  private mutating func write(
    _ event: StoredEvent,
    _ changes: inout [String: SampleChange],
    _ head: inout EventsFile.Head
  ) throws(StoreError) {
    var sampleKey: Int64?
    if let sampleId = event.sampleId {
      let key = try key(of: sampleId, event, &head)
      changes[sampleId, default: SampleChange(key: key, last: event)].last = event
      if event.scan != nil { changes[sampleId]?.storedScans += 1 }
      sampleKey = key
    }
    try connection.run(
      """
      INSERT INTO event (sequence, time, kind, scanner, final, sample, line)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      """,
      [
        .number(event.sequence), .time(event.time), .text(event.kind), .optional(event.scanner),
        .count(event.isFinal ? 1 : 0), sampleKey.map(SQLValue.integer) ?? .null,
        .bytes(event.line),
      ],
      "storing an event"
    )
    guard let scan = event.scan else { return }
    try connection.run(
      "INSERT INTO scan (sequence, grid, data) VALUES (?1, ?2, ?3)",
      [
        .number(event.sequence), .integer(try key(of: scan)),
        .bytes(ScanCoding.encode(scan.scan)),
      ],
      "storing a scan"
    )
    head.scans += 1
  }

  private mutating func key(
    of sampleId: String,
    _ event: StoredEvent,
    _ head: inout EventsFile.Head
  ) throws(StoreError) -> Int64 {
    if let key = sampleKeys[sampleId] { return key }
    if sampleKeys.count >= 256 { sampleKeys = [:] }
    if let known = try SampleCatalog.keyIfKnown(connection, of: sampleId) {
      sampleKeys[sampleId] = known
      return known
    }
    try connection.run(
      """
      INSERT INTO sample (id, name, scanner, began) VALUES (?1, ?2, ?3, ?4)
      """,
      [
        .text(sampleId), .text(event.sample ?? ""), .text(event.scanner ?? ""),
        .time(event.time),
      ],
      "beginning a sample"
    )
    let key = connection.lastInsertedKey
    try connection.run(
      """
      INSERT INTO tally (sample, hash, ended, final, scans, storedScans, sequence)
      VALUES (?1, ?2, ?3, 0, 0, 0, ?4)
      """,
      [
        .integer(key), .integer(SampleCatalog.hash(of: sampleId)), .time(event.time),
        .number(event.sequence),
      ],
      "beginning a sample"
    )
    head.samples += 1
    sampleKeys[sampleId] = key
    return key
  }

  private func update(_ change: SampleChange) throws(StoreError) {
    let last = change.last
    try connection.run(
      """
      UPDATE tally SET ended = ?2, final = ?3, scans = ?4, storedScans = storedScans + ?5,
        bundle = ?6, sequence = ?7 WHERE sample = ?1
      """,
      [
        .integer(change.key), .time(last.time), .count(last.isFinal ? 1 : 0), .count(last.scans),
        .count(change.storedScans), .optional(last.bundle), .number(last.sequence),
      ],
      "storing a sample"
    )
  }

  private mutating func key(of scan: StoredScan) throws(StoreError) -> Int64 {
    let known = grids.first { grid in
      grid.revision == scan.gridRevision && grid.scanner == scan.scanner
        && grid.wavelengthsNanometres == scan.wavelengthsNanometres
    }
    if let known { return known.key }
    let content = ScanCoding.encodeGrid(
      wavelengthsNanometres: scan.wavelengthsNanometres,
      scanner: scan.scanner
    )
    let stored = try connection.first(
      "SELECT key FROM grid WHERE content = ?1",
      [.bytes(content)],
      "looking for a grid"
    ) { $0.integer(0) }
    if stored == nil {
      try connection.run(
        "INSERT INTO grid (content) VALUES (?1)",
        [.bytes(content)],
        "storing a grid"
      )
    }
    let key = stored ?? connection.lastInsertedKey
    let grid = KnownGrid(
      key: key,
      revision: scan.gridRevision,
      wavelengthsNanometres: scan.wavelengthsNanometres,
      scanner: scan.scanner
    )
    grids.insert(grid, at: 0)
    if grids.count > 32 { grids.removeLast() }
    return key
  }
}
