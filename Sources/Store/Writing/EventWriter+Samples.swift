extension EventWriter {
  /// Notes the class that is known for a target of a sample; nil forgets it.
  func setLabel(
    sampleId: String,
    target: String,
    className: String?
  ) throws(StoreError) {
    let activity = "labelling a sample"
    let key = try SampleCatalog.key(connection, of: sampleId)
    guard let className else {
      return try connection.run(
        "DELETE FROM label WHERE sample = ?1 AND target = ?2",
        [.integer(key), .text(target)],
        activity
      )
    }
    try connection.run(
      "INSERT OR REPLACE INTO label (sample, target, class) VALUES (?1, ?2, ?3)",
      [.integer(key), .text(target), .text(className)],
      activity
    )
  }

  /// Keeps a baseline.
  func setBaseline(
    scanner: String,
    standard: String,
    json: [UInt8]
  ) throws(StoreError) {
    try connection.run(
      "INSERT OR REPLACE INTO baseline (scanner, standard, content) VALUES (?1, ?2, ?3)",
      [.text(scanner), .text(standard), .bytes(json)],
      "keeping a baseline"
    )
  }

  /// Erases a sample with all that belongs to it; its numbers become gaps, as long as possible.
  ///
  /// Its rows stay until they are the oldest, as long as they were and without content: see
  /// `EventsFile` for why. The gaps hide them.
  ///
  /// - Returns: how many scans were deleted.
  mutating func deleteSample(_ sampleId: String) throws(StoreError) -> Int {
    let activity = "deleting a sample"
    let connection = connection
    let key = SQLValue.integer(try SampleCatalog.key(connection, of: sampleId))
    var scanCount = 0
    try changeHead(activity) { (head) throws(StoreError) in
      var numbers: [UInt64] = []
      try connection.query(
        "SELECT sequence FROM event WHERE sample = ?1 ORDER BY sequence",
        [key],
        activity
      ) { (row) throws(StoreError) in numbers.append(try row.number(0)) }
      for gap in EventWriter.runs(of: numbers) {
        try EventWriter.insertDeleted(gap, connection)
      }
      try connection.run(
        """
        UPDATE scan SET data = zeroblob(length(data))
        WHERE sequence IN (SELECT sequence FROM event WHERE sample = ?1)
        """,
        [key],
        activity
      )
      scanCount = connection.changedCount
      try connection.run(
        "UPDATE event SET line = zeroblob(length(line)) WHERE sample = ?1",
        [key],
        activity
      )
      // A text of zeros, as many bytes as there were.
      let zeros = "replace(hex(zeroblob(length(CAST(%s AS BLOB)))), '00', '0')"
      try connection.run(
        """
        UPDATE sample SET id = \(zeros.replacing("%s", with: "id")),
          name = \(zeros.replacing("%s", with: "name")) WHERE key = ?1
        """,
        [key],
        activity
      )
      try connection.run("DELETE FROM label WHERE sample = ?1", [key], activity)
      try connection.run("DELETE FROM tally WHERE sample = ?1", [key], activity)
      head.scans -= scanCount
      head.samples -= 1
    }
    return scanCount
  }

  /// Rising numbers as ranges without holes.
  static func runs(of numbers: [UInt64]) -> [ClosedRange<UInt64>] {
    var runs: [ClosedRange<UInt64>] = []
    for number in numbers {
      if let last = runs.last, last.upperBound + 1 == number {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs
  }

  /// Stores a gap, joined with neighbours that were deleted before.
  private static func insertDeleted(
    _ numbers: ClosedRange<UInt64>,
    _ connection: Connection
  ) throws(StoreError) {
    var (first, last) = (numbers.lowerBound, numbers.upperBound)
    try connection.query(
      "SELECT first, last FROM gap WHERE reason = ?3 AND (last = ?1 - 1 OR first = ?2 + 1)",
      [.number(first), .number(last), .text(GapReason.deleted)],
      "deleting a sample"
    ) { (row) throws(StoreError) in
      first = min(first, try row.number(0))
      last = max(last, try row.number(1))
    }
    try connection.run(
      "DELETE FROM gap WHERE first BETWEEN ?1 AND ?2",
      [.number(first), .number(last)],
      "deleting a sample"
    )
    try connection.run(
      "INSERT INTO gap (first, last, reason) VALUES (?1, ?2, ?3)",
      [.number(first), .number(last), .text(GapReason.deleted)],
      "deleting a sample"
    )
  }
}
