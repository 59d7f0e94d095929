/// How the store is; counts begin with the daemon's start unless they say otherwise.
package struct StoreCounters: Equatable, Sendable {
  /// Bytes on the disk, files that were set aside left out.
  package var bytes: Int64 = 0
  /// Scans that are stored now.
  package var scans = 0
  /// Samples that are stored now.
  package var samples = 0
  /// The oldest number that is stored; nil when nothing is.
  package var oldest: UInt64?
  /// Events written.
  package var written = 0
  /// Events that could not be stored: the queue was full or the store ended without a disk.
  package var notStored = 0
  /// Events deleted for their age or the store's size.
  package var expired = 0
  /// Damaged files that were set aside.
  package var setAside = 0
  /// Events that wait to be written now.
  package var waiting = 0
  /// Batches committed.
  package var batches = 0
  /// The time spent on committed batches in microseconds.
  package var batchMicroseconds = 0
  /// Why events are not being stored now, in words; nil when they are.
  package var problem: String?

  /// Makes counters of a store in which nothing happened yet.
  package init() {}
}
