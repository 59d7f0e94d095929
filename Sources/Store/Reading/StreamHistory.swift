/// Reads the stream as it is stored, for clients that resume.
struct StreamHistory: Sendable {
  /// The most items of one page.
  static let itemsMax = 1_000
  /// A page ends behind the line that passes so many bytes.
  static let pageBytesMax = 4 << 20

  let reader: StoreReader

  /// The stream behind `sequence`; see `Store.page`.
  func page(after sequence: UInt64, limit: Int) throws(StoreError) -> StoredPage {
    let limit = min(max(limit, 1), StreamHistory.itemsMax)
    return try reader.read("reading the stream") { (connection) throws(StoreError) in
      let through = try StreamHistory.through(connection)
      guard sequence < through else { return StoredPage(items: [], through: sequence) }
      let gaps = try StreamHistory.gaps(connection, after: sequence, limit: limit)
      let lines = try StreamHistory.lines(connection, after: sequence, limit: limit)
      return StreamHistory.merge(lines, gaps, after: sequence, through: through, limit: limit)
    }
  }

  /// Lays lines and gaps side by side; what neither covers was expired.
  static func merge(
    _ lines: [StoredLine],
    _ gaps: [(numbers: ClosedRange<UInt64>, reason: String)],
    after: UInt64,
    through: UInt64,
    limit: Int
  ) -> StoredPage {
    var page = StoredPage(items: [], through: after)
    var (lineIndex, gapIndex, bytes) = (0, 0, 0)
    // Behind the last line and gap that were read there may be more.
    let horizon = min(
      through,
      lines.count < limit ? through : lines.last?.sequence ?? after,
      gaps.count < limit ? through : gaps.last?.numbers.upperBound ?? after
    )
    while page.items.count < limit, page.through < horizon, bytes < pageBytesMax {
      let next = page.through + 1
      // Erased lines stay in the file below the gap that hides them.
      while lineIndex < lines.count, lines[lineIndex].sequence < next { lineIndex += 1 }
      while gapIndex < gaps.count, gaps[gapIndex].numbers.upperBound < next { gapIndex += 1 }
      let gap = gapIndex < gaps.count ? gaps[gapIndex] : nil
      let line = lineIndex < lines.count ? lines[lineIndex] : nil
      if let gap, gap.numbers.lowerBound <= next {
        page.items.append(.gap(next...gap.numbers.upperBound, reason: gap.reason))
        page.through = gap.numbers.upperBound
      } else if let line, line.sequence <= next {
        page.items.append(.line(line))
        (page.through, lineIndex, bytes) = (next, lineIndex + 1, bytes + line.bytes.count)
      } else {
        let last = min(
          horizon,
          (line?.sequence ?? .max) - 1,
          (gap?.numbers.lowerBound ?? .max) - 1
        )
        page.items.append(.gap(next...last, reason: GapReason.expired))
        page.through = last
      }
    }
    return page
  }

  private static func through(_ connection: Connection) throws(StoreError) -> UInt64 {
    try connection.first("SELECT through FROM stream WHERE one = 1", [], "reading the stream") {
      (row) throws(StoreError) in try row.number(0)
    } ?? 0
  }

  private static func gaps(
    _ connection: Connection,
    after: UInt64,
    limit: Int
  ) throws(StoreError) -> [(numbers: ClosedRange<UInt64>, reason: String)] {
    var gaps: [(numbers: ClosedRange<UInt64>, reason: String)] = []
    // Gaps do not overlap, so of those that begin before `after` only the last can reach beyond it.
    try connection.query(
      """
      SELECT first, last, reason FROM gap
      WHERE first >= ifnull((SELECT max(first) FROM gap WHERE first <= ?1 + 1), 0) AND last > ?1
      ORDER BY first LIMIT ?2
      """,
      [.number(after), .count(limit)],
      "reading gaps"
    ) { (row) throws(StoreError) in
      let (first, last) = (try row.number(0), try row.number(1))
      guard first <= last else {
        throw .damaged(file: connection.file, found: "a gap from \(first) to \(last)")
      }
      gaps.append((first...last, row.text(2)))
    }
    return gaps
  }

  private static func lines(
    _ connection: Connection,
    after: UInt64,
    limit: Int
  ) throws(StoreError) -> [StoredLine] {
    var lines: [StoredLine] = []
    try connection.query(
      """
      SELECT sequence, kind, scanner, final, line FROM event WHERE sequence > ?1
      ORDER BY sequence LIMIT ?2
      """,
      [.number(after), .count(limit)],
      "reading lines"
    ) { (row) throws(StoreError) in
      lines.append(
        StoredLine(
          sequence: try row.number(0),
          kind: row.text(1),
          scanner: row.optionalText(2),
          isFinal: row.integer(3) != 0,
          bytes: row.bytes(4)
        )
      )
    }
    return lines
  }
}
