import CSQLite
import Glibc

/// One open SQLite database: prepared statements are kept, every error is a `StoreError`.
///
/// For one thread at a time, whichever it is.
// SAFETY: each connection lives inside one `Mutex` (the writer's, a reader's, the numbers') and is
// used only while that is held; SQLite was built for several threads.
@safe
final class Connection: @unchecked Sendable {
  /// The database file's path.
  let file: String
  private let handle: OpaquePointer
  private let deadline: ReadingDeadline
  private var statements: [String: OpaquePointer] = unsafe [:]

  /// How a connection is used.
  enum Mode {
    /// Reads and writes; the file is made when it is missing.
    case writing
    /// Only reads.
    case reading
  }

  /// Opens `file`; nothing in it is looked at yet.
  init(file: String, mode: Mode) throws(StoreError) {
    let access =
      mode == .writing ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY
    let flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW
    var opened: OpaquePointer?
    let code = unsafe sqlite3_open_v2(file, &opened, flags, nil)
    guard code == SQLITE_OK, let handle = unsafe opened else {
      let message = unsafe Connection.message(opened, code: code)
      unsafe sqlite3_close_v2(opened)
      throw .database(file: file, activity: "opening", code: code, message: message)
    }
    self.file = file
    unsafe self.handle = handle
    deadline = ReadingDeadline()
    unsafe sqlite3_extended_result_codes(handle, 1)
    unsafe sqlite3_busy_timeout(handle, 2_000)
    // SAFETY: the deadline lives as long as this connection, which closes the handle first.
    unsafe sqlite3_progress_handler(handle, 1_000, ReadingDeadline.isOver, deadline.pointer)
  }

  deinit {
    while let statement = unsafe sqlite3_next_stmt(handle, nil) {
      unsafe sqlite3_finalize(statement)
    }
    unsafe sqlite3_close_v2(handle)
  }

  /// Runs statements that need no values and whose rows do not matter.
  func execute(_ sql: String, _ activity: String) throws(StoreError) {
    let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code, activity) }
  }

  /// Runs one statement to its end.
  func run(_ sql: String, _ values: [SQLValue] = [], _ activity: String) throws(StoreError) {
    try query(sql, values, activity) { (_) throws(StoreError) in }
  }

  /// Runs one statement and hands every row to `use`; the row is valid only there.
  // Swift 6.3's inliner crashes on it in release.
  @inline(never)
  func query(
    _ sql: String,
    _ values: [SQLValue] = [],
    _ activity: String,
    _ use: (Row) throws(StoreError) -> Void
  ) throws(StoreError) {
    let statement = unsafe try prepared(sql, activity)
    // SAFETY: the statement is kept by this connection; a reset one may be used again.
    defer {
      unsafe sqlite3_reset(statement)
      unsafe sqlite3_clear_bindings(statement)
    }
    for (index, value) in values.enumerated() {
      let code = unsafe value.bind(to: statement, at: Int32(index + 1))
      guard code == SQLITE_OK else { throw error(code, activity) }
    }
    while true {
      let code = unsafe sqlite3_step(statement)
      switch code {
      case SQLITE_ROW: try use(unsafe Row(statement: statement, file: file))
      case SQLITE_DONE: return
      default: throw error(code, activity)
      }
    }
  }

  /// The first row's value of one statement, or nil when there is no row.
  func first<Value>(
    _ sql: String,
    _ values: [SQLValue] = [],
    _ activity: String,
    _ read: (Row) throws(StoreError) -> Value
  ) throws(StoreError) -> Value? {
    var result: Value?
    try query(sql, values, activity) { (row) throws(StoreError) in
      if result == nil { result = try read(row) }
    }
    return result
  }

  /// A whole number that a pragma answers, 0 when it answers nothing.
  func pragma(_ name: String) throws(StoreError) -> Int64 {
    try first("PRAGMA \(name)", [], "PRAGMA \(name)") { (row) throws(StoreError) in row.integer(0) }
      ?? 0
  }

  /// The row that the last insertion made.
  var lastInsertedKey: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

  /// How many rows the last statement changed.
  var changedCount: Int { Int(unsafe sqlite3_changes(handle)) }

  /// Runs `change` in one transaction: all of it happens, or an error is thrown and nothing did.
  func transaction(
    _ activity: String,
    _ change: () throws(StoreError) -> Void
  ) throws(StoreError) {
    try run("BEGIN IMMEDIATE", [], activity)
    do throws(StoreError) {
      try change()
      try run("COMMIT", [], activity)
    } catch {
      rollBack()
      throw error
    }
  }

  /// Runs `read` on one unchanging state of the database, for at most `seconds`.
  func reading<Value>(
    _ activity: String,
    seconds: Int,
    _ read: () throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    deadline.begin(seconds: seconds)
    defer {
      deadline.end()
      rollBack()
    }
    do throws(StoreError) {
      try run("BEGIN", [], activity)
      return try read()
    } catch {
      if case .database(_, _, let code, _) = error, code & 0xFF == SQLITE_INTERRUPT {
        throw .tookTooLong(activity: activity, seconds: seconds)
      }
      throw error
    }
  }

  /// Looks for damage, for two seconds at most: a large file is not read to its end at each start.
  ///
  /// Throws `damaged` with the first thing found.
  func quickCheck() throws(StoreError) {
    var found: String?
    do throws(StoreError) {
      found = try reading("checking the file", seconds: 2) { () throws(StoreError) in
        try first("PRAGMA quick_check(1)", [], "checking the file") { $0.text(0) }
      }
    } catch {
      guard case .tookTooLong = error else { throw error }
      return
    }
    guard let found, found != "ok" else { return }
    throw .damaged(file: file, found: found)
  }

  private func rollBack() {
    // Some errors have ended the transaction already; there is nothing to do about it then.
    guard unsafe sqlite3_get_autocommit(handle) == 0 else { return }
    unsafe sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
  }

  private func prepared(_ sql: String, _ activity: String) throws(StoreError) -> OpaquePointer {
    if let statement = unsafe statements[sql] { return unsafe statement }
    var made: OpaquePointer?
    let code = unsafe sqlite3_prepare_v3(
      handle,
      sql,
      -1,
      UInt32(SQLITE_PREPARE_PERSISTENT),
      &made,
      nil
    )
    guard code == SQLITE_OK, let statement = unsafe made else { throw error(code, activity) }
    unsafe statements[sql] = statement
    return unsafe statement
  }

  /// Keeps the log and its index when the last connection closes: the room that they take is needed
  /// to open the file on a full disk.
  func keepLog() {
    var isOn: CInt = 1
    // SAFETY: the call reads and writes one CInt.
    unsafe sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL, &isOn)
  }

  private func error(_ code: Int32, _ activity: String) -> StoreError {
    // A file that may be written but forbids it itself has a damaged header.
    if code & 0xFF == SQLITE_READONLY, unsafe access(file, W_OK) == 0 {
      return .damaged(file: file, found: "a header that forbids writing")
    }
    let message = unsafe Connection.message(handle, code: code)
    return .database(file: file, activity: activity, code: code, message: message)
  }

  /// SQLite's words, with the system's where it knows them: they tell a full disk from a dead one.
  private static func message(_ handle: OpaquePointer?, code: Int32) -> String {
    guard let handle = unsafe handle else { return unsafe String(cString: sqlite3_errstr(code)) }
    // SAFETY: the text is NUL-terminated and valid until the next call.
    let words = unsafe sqlite3_errmsg(handle).map { unsafe String(cString: $0) } ?? "error \(code)"
    let number = unsafe sqlite3_system_errno(handle)
    let isOfSystem = [SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_FULL].contains(code & 0xFF)
    return isOfSystem && number != 0 ? "\(words): \(SystemWords.text(number))" : words
  }
}
