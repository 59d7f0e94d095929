import Synchronization

/// A connection of its own to read with: opened when it is first needed, one question at a time.
final class StoreReader: Sendable {
  /// How long one question may take.
  static let secondsMax = 5

  private let path: String
  private let connection = Mutex<ReaderSlot>(ReaderSlot())
  private let noteDamage: @Sendable (StoreError) -> Void

  /// Reads `path`; `noteDamage` is told when it is damaged.
  init(path: String, noteDamage: @escaping @Sendable (StoreError) -> Void) {
    (self.path, self.noteDamage) = (path, noteDamage)
  }

  /// Answers a question from one unchanging state of the file.
  func read<Value: Sendable>(
    _ activity: String,
    _ read: (Connection) throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    do throws(StoreError) {
      return try connection.withLock { (slot) throws(StoreError) -> Value in
        guard !slot.isClosed else { throw .unavailable(problem: "the store is closed") }
        if slot.connection == nil { slot.connection = try EventsFile.openForReading(path: path) }
        guard let connection = slot.connection else {
          throw .unavailable(problem: "the store is closed")
        }
        let value = try connection.reading(activity, seconds: StoreReader.secondsMax) {
          () throws(StoreError) -> Value in try read(connection)
        }
        return value
      }
    } catch {
      if case .database = error, error.isDamage { noteDamage(error) }
      throw error
    }
  }

  /// Closes the connection; the next question opens another, unless it is for good.
  func close(forGood: Bool = false) {
    connection.withLock { slot in
      slot.connection = nil
      slot.isClosed = slot.isClosed || forGood
    }
  }
}

/// The connection of a reader.
private struct ReaderSlot {
  var connection: Connection?
  var isClosed = false
}
