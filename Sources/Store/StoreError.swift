/// Why the store cannot do what it was asked to.
package enum StoreError: Error, Equatable, Sendable {
  /// The store is not open; the problem says why in words.
  case unavailable(problem: String)
  /// SQLite refused: its extended result code and its own words.
  case database(file: String, activity: String, code: Int32, message: String)
  /// The system refused.
  case system(path: String, activity: String, errorNumber: Int32)
  /// The file was written by a later version of this program.
  case newerSchema(file: String, found: Int, known: Int)
  /// Another process has the store open.
  case inUse(folder: String)
  /// What is stored under this name cannot be understood.
  case damaged(file: String, found: String)
  /// Reading was given up at its time limit.
  case tookTooLong(activity: String, seconds: Int)
  /// No sample has this identity.
  case noSuchSample(sampleId: String)
  /// No stored scan belongs to this number.
  case noSuchScan(sequence: UInt64)
}

extension StoreError {
  /// Whether a file is damaged so that it has to be set aside.
  var isDamage: Bool {
    switch self {
    // SQLITE_CORRUPT and SQLITE_NOTADB with all their extended codes, SQLITE_IOERR_SHORT_READ.
    case .database(_, _, let code, _): [11, 26].contains(code & 0xFF) || code == 522
    case .damaged: true
    default: false
    }
  }

  /// Whether a file that is being opened is damaged: then it may lack its tables too.
  var isDamageAtOpening: Bool {
    if case .database(_, _, let code, _) = self, code & 0xFF == 1 { return true }
    return isDamage
  }

  /// Whether writing the same events again would fail again: SQLITE_TOOBIG, CONSTRAINT, MISMATCH.
  var isOfTheEvents: Bool {
    guard case .database(_, _, let code, _) = self else { return false }
    return [18, 19, 20].contains(code & 0xFF)
  }

  /// Whether the disk has no room.
  package var isFullDisk: Bool {
    switch self {
    case .database(_, _, let code, _): code & 0xFF == 13
    // ENOSPC and EDQUOT.
    case .system(_, _, let number): number == 28 || number == 122
    default: false
    }
  }
}

extension StoreError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unavailable(let problem): problem
    case .database(let file, let activity, let code, let message):
      "\(file): \(activity): \(message) (SQLite's code \(code))"
    case .system(let path, let activity, let number):
      "\(path): \(activity): \(SystemWords.text(number))"
    case .newerSchema(let file, let found, let known):
      "\(file) was written by a later version of spectrad "
        + "(schema \(found), this one knows \(known))"
    case .inUse(let folder): "\(folder) is in use by another process"
    case .damaged(let file, let found): "\(file) holds \(found)"
    case .tookTooLong(let activity, let seconds): "\(activity) took longer than \(seconds) s"
    case .noSuchSample(let sampleId): "no sample \(sampleId) is stored"
    case .noSuchScan(let sequence): "no scan is stored under number \(sequence)"
    }
  }
}
