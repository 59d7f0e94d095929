import CSQLite

/// The file `numbers.sqlite`: one row that says which numbers may be in use.
///
/// Its journal is kept at its size and the row has a page of its own, so a write needs no new room
/// on the disk. Each write is synced before it returns.
struct NumberFile {
  /// What the file says.
  struct Row: Equatable, Sendable {
    var stream: String
    /// Numbers up to this one may have been used.
    var reserved: UInt64
  }

  /// The version of the file's schema.
  static let schema = 1
  /// `spct` in the file's header says whose file it is.
  static let applicationIdentity: Int64 = 0x7370_6374

  private var connection: Connection?

  /// Opens or begins the file; the row is nil when it was begun.
  ///
  /// Throws an error whose `isDamage` is true when the file has to be set aside.
  static func open(path: String) throws(StoreError) -> (file: NumberFile, row: Row?) {
    let connection = try Connection(file: path, mode: .writing)
    try connection.execute(
      """
      PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;
      PRAGMA temp_store = MEMORY; PRAGMA journal_mode = PERSIST; PRAGMA synchronous = FULL;
      """,
      "preparing the file"
    )
    let file = NumberFile(connection: connection)
    guard try connection.pragma("schema_version") != 0 else { return (file, nil) }
    let row = try file.read(connection)
    try connection.quickCheck()
    return (file, row)
  }

  /// Makes the table and its first row; written twice, so that the journal has its full size.
  func begin(_ row: Row) throws(StoreError) {
    guard let connection else { return }
    try connection.transaction("beginning the file") { () throws(StoreError) in
      try connection.execute(
        """
        PRAGMA application_id = \(NumberFile.applicationIdentity);
        PRAGMA user_version = \(NumberFile.schema);
        CREATE TABLE numbers (
          one INTEGER PRIMARY KEY CHECK (one = 1), stream TEXT NOT NULL,
          reserved INTEGER NOT NULL, schema INTEGER NOT NULL
        ) STRICT;
        """,
        "beginning the file"
      )
      try connection.run(
        "INSERT INTO numbers VALUES (1, ?1, ?2, \(NumberFile.schema))",
        [.text(row.stream), .number(row.reserved)],
        "beginning the file"
      )
    }
    try write(row)
    try write(row)
  }

  /// Sets the damaged file aside and begins another with the same row: nothing is lost.
  ///
  /// - Returns: where the damaged file is now.
  mutating func renew(_ folder: StoreFolder, _ row: Row) throws(StoreError) -> String {
    close()
    let target = try folder.setAside(folder.numbersPath)
    self = try NumberFile.open(path: folder.numbersPath).file
    try begin(row)
    return target
  }

  /// Replaces the row; returns when it stands on the disk.
  func write(_ row: Row) throws(StoreError) {
    guard let connection else { throw .unavailable(problem: "the store is closed") }
    try connection.run(
      "UPDATE numbers SET stream = ?1, reserved = ?2 WHERE one = 1",
      [.text(row.stream), .number(row.reserved)],
      "reserving numbers"
    )
    guard connection.changedCount == 1 else {
      throw .damaged(file: connection.file, found: "no row of numbers")
    }
  }

  /// Closes the file.
  mutating func close() { connection = nil }

  private func read(_ connection: Connection) throws(StoreError) -> Row {
    let found = Int(try connection.pragma("user_version"))
    let row = try connection.first(
      "SELECT stream, reserved, schema FROM numbers WHERE one = 1",
      [],
      "reading the reserved numbers"
    ) { (row) throws(StoreError) in
      guard row.integer(2) == found else {
        throw .damaged(file: connection.file, found: "two different schema versions")
      }
      return Row(stream: row.text(0), reserved: try row.number(1))
    }
    guard let row else { throw .damaged(file: connection.file, found: "no row of numbers") }
    guard found <= NumberFile.schema else {
      throw .newerSchema(file: connection.file, found: found, known: NumberFile.schema)
    }
    guard StreamIdentity.isWellFormed(row.stream) else {
      throw .damaged(file: connection.file, found: "a stream without identity")
    }
    return row
  }
}
