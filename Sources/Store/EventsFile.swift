import CSQLite

/// The file `store.sqlite`: how it is opened, begun and checked.
enum EventsFile {
  /// The version of the schema that this program writes and reads.
  static let schema = 1

  /// What the file says about itself and the stream in it.
  struct Head: Equatable, Sendable {
    /// The stream that its numbers count in.
    var stream: String
    /// All numbers up to this one are accounted for: a line, a gap, or expired.
    var through: UInt64
    /// Stored scans.
    var scans: Int
    /// Stored samples.
    var samples: Int
  }

  /// Opens or begins the file for writing; the head is nil when the file has no tables yet.
  ///
  /// Throws an error whose `isDamageAtOpening` is true when the file has to be set aside.
  static func open(path: String) throws(StoreError) -> (connection: Connection, head: Head?) {
    let connection = try Connection(file: path, mode: .writing)
    connection.keepLog()
    try connection.execute(
      """
      PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;
      PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4096; PRAGMA secure_delete = ON;
      """,
      "preparing the file"
    )
    let isNew = try connection.pragma("schema_version") == 0
    let head = isNew ? nil : try read(connection)
    if isNew {
      // Possible only before the first table is made; asking an older file for it would write.
      try connection.execute(
        "PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL;",
        "preparing the file"
      )
    } else {
      try connection.quickCheck()
    }
    try connection.execute(
      """
      PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 8388608;
      """,
      "preparing the file"
    )
    return (connection, head)
  }

  /// Opens the file for reading; it must exist.
  static func openForReading(path: String) throws(StoreError) -> Connection {
    let connection = try Connection(file: path, mode: .reading)
    try connection.execute(
      """
      PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;
      PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2048; PRAGMA query_only = ON;
      """,
      "preparing to read"
    )
    return connection
  }

  /// Makes all tables for a stream whose numbers begin behind `through`.
  static func begin(
    _ connection: Connection,
    stream: String,
    through: UInt64
  ) throws(StoreError) -> Head {
    try connection.transaction("beginning the file") { () throws(StoreError) in
      try connection.execute(tables, "beginning the file")
      try connection.run(
        "INSERT INTO stream VALUES (1, ?1, ?2, 0, 0, \(schema))",
        [.text(stream), .number(through)],
        "beginning the file"
      )
    }
    return Head(stream: stream, through: through, scans: 0, samples: 0)
  }

  private static func read(_ connection: Connection) throws(StoreError) -> Head {
    let found = Int(try connection.pragma("user_version"))
    let isOurs = try connection.pragma("application_id") == NumberFile.applicationIdentity
    guard isOurs else { throw .damaged(file: connection.file, found: "no store of spectrad") }
    let head = try connection.first(
      "SELECT identity, through, scans, samples, schema FROM stream WHERE one = 1",
      [],
      "reading the stream's identity"
    ) { (row) throws(StoreError) in
      // A later schema says so twice; a flipped bit does not.
      guard row.integer(4) == found else {
        throw .damaged(file: connection.file, found: "two different schema versions")
      }
      return Head(
        stream: row.text(0),
        through: try row.number(1),
        scans: Int(row.integer(2)),
        samples: Int(row.integer(3))
      )
    }
    guard let head else { throw .damaged(file: connection.file, found: "no stream") }
    guard found <= schema else {
      throw .newerSchema(file: connection.file, found: found, known: schema)
    }
    guard StreamIdentity.isWellFormed(head.stream) else {
      throw .damaged(file: connection.file, found: "a stream without identity")
    }
    return head
  }

  /// Numbers, times in microseconds; `line` is what clients read, `data` what `ScanCoding` writes.
  ///
  /// Rows that tell about a person's sample (event, scan, sample) are only ever appended, erased in
  /// place, and deleted from the oldest on: so SQLite never moves one and leaves no copy of it
  /// behind in a page's unused space. What changes stands in `tally`, which names nobody; samples
  /// are found by a hash of their identity.
  private static let tables = """
    PRAGMA application_id = \(NumberFile.applicationIdentity);
    PRAGMA user_version = \(schema);
    CREATE TABLE stream (
      one INTEGER PRIMARY KEY CHECK (one = 1), identity TEXT NOT NULL, through INTEGER NOT NULL,
      scans INTEGER NOT NULL, samples INTEGER NOT NULL, schema INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE event (
      sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind TEXT NOT NULL, scanner TEXT,
      final INTEGER NOT NULL, sample INTEGER, line BLOB NOT NULL
    ) STRICT;
    CREATE INDEX event_sample ON event (sample) WHERE sample IS NOT NULL;
    CREATE TABLE gap (
      first INTEGER PRIMARY KEY, last INTEGER NOT NULL, reason TEXT NOT NULL
    ) STRICT;
    CREATE TABLE grid (
      key INTEGER PRIMARY KEY, content BLOB NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE scan (
      sequence INTEGER PRIMARY KEY, grid INTEGER NOT NULL, data BLOB NOT NULL
    ) STRICT;
    CREATE TABLE sample (
      key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, name TEXT NOT NULL,
      scanner TEXT NOT NULL, began INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE tally (
      sample INTEGER PRIMARY KEY, hash INTEGER NOT NULL, ended INTEGER NOT NULL,
      final INTEGER NOT NULL, scans INTEGER NOT NULL, storedScans INTEGER NOT NULL,
      bundle TEXT, sequence INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX tally_hash ON tally (hash);
    CREATE TABLE label (
      sample INTEGER NOT NULL, target TEXT NOT NULL, class TEXT NOT NULL,
      PRIMARY KEY (sample, target)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE baseline (
      scanner TEXT NOT NULL, standard TEXT NOT NULL, content BLOB NOT NULL,
      PRIMARY KEY (scanner, standard)
    ) STRICT, WITHOUT ROWID;
    """
}
