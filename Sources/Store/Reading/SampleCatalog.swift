import Spectra

/// Reads samples, scans and baselines.
struct SampleCatalog: Sendable {
  let reader: StoreReader

  /// The samples that pass `filter`; see `Store.samples`.
  func samples(_ filter: SampleFilter) throws(StoreError) -> SamplePage {
    let limit = min(max(filter.limit, 1), SampleFilter.limitMax)
    var query = SampleQuery()
    query.add("s.scanner = ?", filter.scanner.map(SQLValue.text))
    query.add("s.name = ?", filter.sample.map(SQLValue.text))
    query.add("t.ended >= ?", filter.since.map(SQLValue.time))
    let exists = "EXISTS (SELECT 1 FROM label l WHERE l.sample = s.key)"
    query.add("\(exists) = ?", filter.isLabelled.map { .count($0 ? 1 : 0) })
    let complete = query
    return try reader.read("listing samples") { (connection) throws(StoreError) in
      var query = complete
      if let before = filter.before {
        // A sample that was deleted since tells its place by the time in its identity.
        let key = try SampleCatalog.keyIfKnown(connection, of: before)
        query.add("s.key < ?", key.map(SQLValue.integer))
        query.add("s.id < ?", key == nil ? .text(before) : nil)
      }
      var samples = try SampleCatalog.records(
        connection,
        from: "sample s CROSS JOIN tally t ON t.sample = s.key",
        query.condition + " ORDER BY s.key DESC LIMIT \(limit + 1)",
        query.values
      )
      let hasMore = samples.count > limit
      if hasMore { samples.removeLast() }
      return SamplePage(samples: samples, hasMore: hasMore)
    }
  }

  /// One sample and the numbers of its scans; see `Store.sample`.
  func sample(
    _ sampleId: String
  ) throws(StoreError) -> (sample: SampleRecord, scans: [UInt64]) {
    try reader.read("reading a sample") { (connection) throws(StoreError) in
      let key = try SampleCatalog.key(connection, of: sampleId)
      let found = try SampleCatalog.records(
        connection,
        from: "tally t CROSS JOIN sample s ON s.key = t.sample",
        " WHERE t.sample = ?1",
        [.integer(key)]
      )
      guard let sample = found.first else { throw .noSuchSample(sampleId: sampleId) }
      var scans: [UInt64] = []
      try connection.query(
        """
        SELECT c.sequence FROM event e JOIN scan c ON c.sequence = e.sequence
        WHERE e.sample = ?1 ORDER BY e.sequence
        """,
        [.integer(key)],
        "reading a sample's scans"
      ) { (row) throws(StoreError) in scans.append(try row.number(0)) }
      return (sample, scans)
    }
  }

  /// A piece of a sample's scans; see `Store.scans`.
  func scans(
    ofSample sampleId: String,
    after sequence: UInt64,
    limit: Int
  ) throws(StoreError) -> SampleScans {
    let limit = min(max(limit, 1), StreamHistory.itemsMax)
    return try reader.read("reading a sample's scans") { (connection) throws(StoreError) in
      let key = try SampleCatalog.key(connection, of: sampleId)
      var result = SampleScans(grids: [], scans: [])
      try connection.query(
        """
        SELECT c.sequence, c.grid, c.data FROM event e JOIN scan c ON c.sequence = e.sequence
        WHERE e.sample = ?1 AND e.sequence > ?2 ORDER BY e.sequence LIMIT ?3
        """,
        [.integer(key), .number(sequence), .count(limit)],
        "reading a sample's scans"
      ) { (row) throws(StoreError) in
        let number = try row.number(0)
        let scan = try SampleCatalog.scan(row.bytes(2), number, connection)
        result.scans.append(NumberedScan(sequence: number, grid: row.integer(1), scan: scan))
      }
      for scan in result.scans where !result.grids.contains(where: { $0.key == scan.grid }) {
        result.grids.append(try SampleCatalog.grid(connection, key: scan.grid))
      }
      return result
    }
  }

  /// The scan behind a number; see `Store.scan`.
  func scan(_ sequence: UInt64) throws(StoreError) -> ScanRecord {
    try reader.read("reading a scan") { (connection) throws(StoreError) in
      let record = try connection.first(
        """
        SELECT c.data, c.grid, e.line, s.id, s.key FROM scan c
        JOIN event e ON e.sequence = c.sequence JOIN sample s ON s.key = e.sample
        JOIN tally t ON t.sample = s.key WHERE c.sequence = ?1
        """,
        [.number(sequence)],
        "reading a scan"
      ) { (row) throws(StoreError) in
        ScanRecord(
          scan: try SampleCatalog.scan(row.bytes(0), sequence, connection),
          grid: try SampleCatalog.grid(connection, key: row.integer(1)),
          line: row.bytes(2),
          sampleId: row.text(3),
          labels: try SampleCatalog.labels(connection, sampleKey: row.integer(4))
        )
      }
      guard let record else { throw .noSuchScan(sequence: sequence) }
      return record
    }
  }

  /// A baseline as it was given; see `Store.baseline`.
  func baseline(scanner: String, standard: String) throws(StoreError) -> [UInt8]? {
    try reader.read("reading a baseline") { (connection) throws(StoreError) in
      try connection.first(
        "SELECT content FROM baseline WHERE scanner = ?1 AND standard = ?2",
        [.text(scanner), .text(standard)],
        "reading a baseline"
      ) { $0.bytes(0) }
    }
  }

  /// The key of a sample; throws `noSuchSample`.
  static func key(
    _ connection: Connection,
    of sampleId: String
  ) throws(StoreError) -> Int64 {
    guard let key = try keyIfKnown(connection, of: sampleId) else {
      throw .noSuchSample(sampleId: sampleId)
    }
    return key
  }

  /// The key of a sample; nil when there is no such sample.
  static func keyIfKnown(
    _ connection: Connection,
    of sampleId: String
  ) throws(StoreError) -> Int64? {
    try connection.first(
      """
      SELECT t.sample FROM tally t JOIN sample s ON s.key = t.sample
      WHERE t.hash = ?1 AND s.id = ?2
      """,
      [.integer(hash(of: sampleId)), .text(sampleId)],
      "looking for a sample"
    ) { $0.integer(0) }
  }

  /// FNV-1a of an identity, by which the file finds samples.
  static func hash(of sampleId: String) -> Int64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in sampleId.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return Int64(bitPattern: hash)
  }
}

extension SampleCatalog {
  private static func records(
    _ connection: Connection,
    from tables: String,
    _ condition: String,
    _ values: [SQLValue]
  ) throws(StoreError) -> [SampleRecord] {
    var records: [SampleRecord] = []
    try connection.query(
      """
      SELECT s.key, s.id, s.name, s.scanner, s.began, t.ended, t.final, t.scans, t.storedScans,
        t.bundle, t.sequence, e.line
      FROM \(tables) LEFT JOIN event e ON e.sequence = t.sequence
      """ + condition,
      values,
      "reading samples"
    ) { (row) throws(StoreError) in
      let record = SampleRecord(
        sampleId: row.text(1),
        sample: row.text(2),
        scanner: row.text(3),
        began: row.time(4),
        ended: row.time(5),
        isFinal: row.integer(6) != 0,
        scans: Int(row.integer(7)),
        storedScans: Int(row.integer(8)),
        lastLine: row.bytes(11),
        labels: try labels(connection, sampleKey: row.integer(0)),
        bundle: row.optionalText(9),
        lastSequence: try row.number(10)
      )
      records.append(record)
    }
    return records
  }

  private static func labels(
    _ connection: Connection,
    sampleKey: Int64
  ) throws(StoreError) -> [String: String] {
    var labels: [String: String] = [:]
    try connection.query(
      "SELECT target, class FROM label WHERE sample = ?1",
      [.integer(sampleKey)],
      "reading labels"
    ) { labels[$0.text(0)] = $0.text(1) }
    return labels
  }

  private static func grid(_ connection: Connection, key: Int64) throws(StoreError) -> StoredGrid {
    let bytes = try connection.first(
      "SELECT content FROM grid WHERE key = ?1",
      [.integer(key)],
      "reading a grid"
    ) { $0.bytes(0) }
    guard let bytes, let grid = ScanCoding.grid(bytes, key: key) else {
      throw .damaged(file: connection.file, found: "no readable grid \(key)")
    }
    return grid
  }

  private static func scan(
    _ bytes: [UInt8],
    _ sequence: UInt64,
    _ connection: Connection
  ) throws(StoreError) -> Scan {
    guard let scan = ScanCoding.scan(bytes) else {
      throw .damaged(file: connection.file, found: "no readable scan under number \(sequence)")
    }
    return scan
  }
}

/// The conditions of a query for samples, with their values.
private struct SampleQuery {
  var condition = ""
  var values: [SQLValue] = []

  mutating func add(_ test: String, _ value: SQLValue?) {
    guard let value else { return }
    condition += (condition.isEmpty ? " WHERE " : " AND ") + test
    values.append(value)
  }
}
