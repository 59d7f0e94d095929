import Synchronization

extension OpenStore {
  /// Lends the writer to `use`, alone; throws when the file of events is not open.
  func withWriter<Value: Sendable>(
    _ use: (inout EventWriter) throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    try writer.withLock { (slot) throws(StoreError) in
      guard var writer = slot else {
        throw .unavailable(problem: "the store's file is not open")
      }
      // Not two copies of the pending events: they would be copied with each change.
      slot = nil
      defer { slot = writer }
      return try use(&writer)
    }
  }

  /// Lends the place of the writer, with the readers' connections closed.
  func replaceWriter(
    _ replace: (inout EventWriter?) throws(StoreError) -> Void
  ) throws(StoreError) {
    try writer.withLock { (slot) throws(StoreError) in
      history.reader.close()
      catalog.reader.close()
      try replace(&slot)
    }
  }

  /// Writes all batches that wait now.
  func writeWaiting(_ writer: inout EventWriter) throws(StoreError) {
    var rest = queue.count + writer.pending.count
    while rest > 0 {
      rest -= EventBatch.eventsMax
      try writeBatch(&writer)
    }
  }

  /// Writes one batch, if anything waits; the events stay pending when it fails.
  func writeBatch(_ writer: inout EventWriter) throws(StoreError) {
    if writer.pending.isEmpty { writer.pending = queue.take(EventBatch.eventsMax) }
    guard !writer.pending.isEmpty else { return }
    let count = writer.pending.count
    let start = MonotonicTime.now()
    figures.with { ($0.counters.waiting, $0.batchStart) = (count, start) }
    defer { figures.with { $0.batchStart = nil } }
    let written = try writer.writePending()
    let microseconds = Int((MonotonicTime.now() - start) / 1_000)
    let (scans, samples) = (writer.head.scans, writer.head.samples)
    figures.with { figures in
      figures.counters.waiting = 0
      figures.counters.written += written
      figures.counters.notStored += count - written
      figures.counters.batches += 1
      figures.counters.batchMicroseconds += microseconds
      (figures.counters.scans, figures.counters.samples) = (scans, samples)
    }
  }

  /// Gives up the pending events: the file refuses what is in them, and would again.
  func giveUpPending() {
    let count = writer.withLock { slot in
      defer { slot?.pending = [] }
      return slot?.pending.count ?? 0
    }
    figures.with { figures in
      figures.counters.waiting = 0
      figures.counters.notStored += count
    }
  }

  /// Counts events that were deleted for their age or the store's size.
  func noteExpired(_ count: Int) {
    figures.with { $0.counters.expired += count }
    refreshFigures()
  }

  /// Brings the counters of what is stored up to date.
  func refreshFigures() {
    let bytes = folder.byteCount
    let now = writer.withLock { slot in (head: slot?.head, oldest: try? slot?.oldest()) }
    figures.with { figures in
      figures.counters.bytes = bytes
      figures.counters.oldest = now.oldest ?? nil
      figures.counters.scans = now.head?.scans ?? 0
      figures.counters.samples = now.head?.samples ?? 0
    }
  }

  /// Closes all files for good and gives unused numbers back.
  func closeFiles() {
    history.reader.close(forGood: true)
    catalog.reader.close(forGood: true)
    let pending = writer.withLock { slot in
      defer { slot = nil }
      return slot?.pending.count ?? 0
    }
    queue.giveUp()
    figures.with { figures in
      figures.counters.waiting = 0
      figures.counters.notStored += pending
    }
    do throws(StoreError) {
      try numbers.giveBack()
    } catch {
      report(.cannotReserve(error))
    }
    folder.release()
  }
}
