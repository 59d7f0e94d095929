import Spectra

extension EventWriter {
  /// Events deleted in one transaction: some milliseconds of work.
  static let expiredPerStep = 256

  /// Deletes the oldest events that are too old or too many, at most one step's worth.
  ///
  /// - Returns: how many were deleted, and whether there is more to do.
  mutating func expire(
    _ settings: StoreSettings,
    now: Timestamp
  ) throws(StoreError) -> (count: Int, hasMore: Bool) {
    let oldestKept = settings.ageDaysMax.map { days in
      now.microsecondsSinceEpoch - Int64(min(max(days, 0), 1e6) * 86_400e6)
    }
    let pages = try connection.pragma("page_count")
    let free = try connection.pragma("freelist_count")
    let size = try connection.pragma("page_size")
    let isTooLarge = (pages - free) * size > settings.bytesMax
    let oldestTime = try connection.first(
      "SELECT time FROM event ORDER BY sequence LIMIT 1",
      [],
      "looking for old events"
    ) { $0.integer(0) }
    let isTooOld = (oldestTime ?? .max) < oldestKept ?? .min
    if isTooLarge || isTooOld,
      let last = try lastExpired(before: oldestKept, isTooLarge: isTooLarge)
    {
      return (try deleteEvents(through: last), true)
    }
    guard pages * size > settings.bytesMax, free > 0 else { return (0, false) }
    // The limit was lowered, or a sample was deleted: give the file's free end back.
    try connection.run("PRAGMA incremental_vacuum(256)", [], "shrinking the file")
    return (0, try connection.pragma("page_count") < pages)
  }

  /// The last number of the step's events, or nil when none has to go.
  private func lastExpired(
    before oldestKept: Int64?,
    isTooLarge: Bool
  ) throws(StoreError) -> UInt64? {
    var last: UInt64?
    var isOver = false
    try connection.query(
      "SELECT sequence, time FROM event ORDER BY sequence LIMIT \(EventWriter.expiredPerStep)",
      [],
      "looking for old events"
    ) { (row) throws(StoreError) in
      isOver = isOver || !(isTooLarge || row.integer(1) < oldestKept ?? .min)
      if !isOver { last = try row.number(0) }
    }
    return last
  }

  private static func count(
    _ sql: String,
    _ bound: SQLValue,
    _ connection: Connection
  ) throws(StoreError) -> Int {
    try connection.first(sql, [bound], "deleting old events") { Int($0.integer(0)) } ?? 0
  }

  private mutating func deleteEvents(through last: UInt64) throws(StoreError) -> Int {
    let activity = "deleting old events"
    let connection = connection
    let bound = SQLValue.number(last)
    let scansGone = """
      SELECT e.sample AS sample, count(*) AS count FROM event e
      JOIN scan c ON c.sequence = e.sequence WHERE e.sequence <= ?1 GROUP BY e.sample
      """
    var count = 0
    try changeHead(activity) { (head) throws(StoreError) in
      try connection.run(
        """
        UPDATE tally SET storedScans = storedScans - gone.count FROM (\(scansGone)) AS gone
        WHERE tally.sample = gone.sample
        """,
        [bound],
        activity
      )
      // What was erased before is not counted again: it has no tally any more.
      head.scans -= try EventWriter.count(
        "SELECT sum(gone.count) FROM (\(scansGone)) AS gone JOIN tally t ON t.sample = gone.sample",
        bound,
        connection
      )
      let gone = """
        SELECT DISTINCT t.sample FROM event e JOIN tally t ON t.sample = e.sample
        WHERE e.sequence <= ?1 AND t.sequence <= ?1
        """
      try connection.run("DELETE FROM label WHERE sample IN (\(gone))", [bound], activity)
      try connection.run("DELETE FROM tally WHERE sample IN (\(gone))", [bound], activity)
      head.samples -= connection.changedCount
      let samplesGone = """
        SELECT DISTINCT e.sample FROM event e LEFT JOIN tally t ON t.sample = e.sample
        WHERE e.sequence <= ?1 AND e.sample IS NOT NULL AND t.sample IS NULL
        """
      try connection.run("DELETE FROM sample WHERE key IN (\(samplesGone))", [bound], activity)
      try connection.run("DELETE FROM scan WHERE sequence <= ?1", [bound], activity)
      try connection.run("DELETE FROM event WHERE sequence <= ?1", [bound], activity)
      count = connection.changedCount
      // A gap that begins among the deleted and reaches beyond them stays, with its reason.
      try connection.run("DELETE FROM gap WHERE last <= ?1", [bound], activity)
    }
    return count
  }
}
