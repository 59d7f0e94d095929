import CSQLite
import Spectra

/// A value for a statement's parameter.
enum SQLValue {
  case null
  case integer(Int64)
  case text(String)
  case bytes([UInt8])

  /// A number of the stream; they stay far below what an Int64 holds.
  static func number(_ value: UInt64) -> SQLValue { .integer(Int64(clamping: value)) }
  /// A whole number.
  static func count(_ value: Int) -> SQLValue { .integer(Int64(value)) }
  /// A point of time in microseconds.
  static func time(_ value: Timestamp) -> SQLValue { .integer(value.microsecondsSinceEpoch) }
  /// A text or null.
  static func optional(_ value: String?) -> SQLValue { value.map(SQLValue.text) ?? .null }

  /// Gives the value to a statement, which copies it; returns SQLite's code.
  func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    // SAFETY: -1 is SQLITE_TRANSIENT, which a C macro names: SQLite copies before it returns.
    let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    switch self {
    case .null: return unsafe sqlite3_bind_null(statement, index)
    case .integer(let value): return unsafe sqlite3_bind_int64(statement, index, value)
    case .text(var value):
      // An empty text must not become null: SQLite tells the two apart by the pointer.
      guard !value.isEmpty else { return unsafe sqlite3_bind_text(statement, index, "", 0, copied) }
      return value.withUTF8 { text in
        let start = unsafe UnsafeRawPointer(text.baseAddress)?
          .assumingMemoryBound(to: CChar.self)
        return unsafe sqlite3_bind_text(statement, index, start, Int32(text.count), copied)
      }
    case .bytes(let value):
      guard !value.isEmpty else { return unsafe sqlite3_bind_zeroblob(statement, index, 0) }
      return unsafe value.withUnsafeBytes { bytes in
        unsafe sqlite3_bind_blob(statement, index, bytes.baseAddress, Int32(bytes.count), copied)
      }
    }
  }
}

/// The row that a statement stands at; columns count from 0.
///
/// Valid only where it is lent. Copyable only because the optimizer (6.3.1) cannot inline a lent
/// value that is not.
@safe
struct Row {
  private let statement: OpaquePointer
  private let file: String

  init(statement: OpaquePointer, file: String) {
    unsafe self.statement = statement
    self.file = file
  }

  /// Whether a column is null.
  func isNull(_ column: Int32) -> Bool {
    unsafe sqlite3_column_type(statement, column) == SQLITE_NULL
  }

  /// A whole number; 0 where there is none.
  func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(statement, column) }

  /// A number of the stream: not negative and with room behind it.
  func number(_ column: Int32) throws(StoreError) -> UInt64 {
    let value = integer(column)
    guard value >= 0, value < Int64.max / 2 else {
      throw .damaged(file: file, found: "\(value) as an event's number")
    }
    return UInt64(value)
  }

  /// A point of time in microseconds.
  func time(_ column: Int32) -> Timestamp {
    Timestamp(microsecondsSinceEpoch: integer(column))
  }

  /// A text, invalid UTF-8 replaced; empty where there is none.
  func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

  /// A text or nil.
  func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

  /// Bytes; empty where there are none.
  func bytes(_ column: Int32) -> [UInt8] {
    // SAFETY: the blob is valid until the statement moves on; it is copied before that.
    guard let start = unsafe sqlite3_column_blob(statement, column) else { return [] }
    let count = Int(unsafe sqlite3_column_bytes(statement, column))
    return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
  }
}
