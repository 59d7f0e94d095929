import Spectra

extension StoreWork {
  /// Deletes what is too old or too much, step by step; events that wait go first.
  mutating func expire() throws(StoreError) {
    let batches = store.figures.with(\.counters.batches)
    guard batches != expiryBatches || MonotonicTime.now() >= expiryTime else { return }
    expiryBatches = batches
    let settings = store.settings
    while !isClosing {
      var step = (count: 0, hasMore: false)
      try store.withWriter { (writer) throws(StoreError) in
        step = try writer.expire(settings, now: .now())
      }
      if step.count > 0 { store.noteExpired(step.count) }
      guard step.hasMore else { break }
      // At once again after the next batch: deleting must not hold up storing.
      if store.queue.count >= EventBatch.eventsMax {
        expiryTime = 0
        return
      }
    }
    expiryTime = MonotonicTime.now() + StoreWork.expirySeconds * 1_000_000_000
  }

  /// Sets the damaged file of events aside and begins another, for another stream.
  ///
  /// Events that wait are kept: the new file begins with the oldest of them.
  mutating func renew(_ damage: StoreError) throws(StoreError) {
    guard MonotonicTime.now() >= renewalTime else { throw damage }
    let stream = StreamIdentity.make()
    let path = store.folder.eventsPath
    var target: String?
    try store.replaceWriter { (old) throws(StoreError) in
      let pending = old?.pending ?? []
      old = nil
      target = try store.folder.setAside(path)
      let taken = store.numbers.taken
      let waiting = pending.first?.sequence ?? store.queue.firstSequence
      let through = min(waiting ?? taken + 1, taken + 1) - 1
      let connection = try EventsFile.open(path: path).connection
      let head = try EventsFile.begin(connection, stream: stream, through: through)
      var writer = EventWriter(connection, head: head, crashThrough: 0)
      writer.pending = pending
      old = writer
    }
    renewalTime = MonotonicTime.now() + StoreWork.renewalSeconds * 1_000_000_000
    store.figures.with { figures in
      figures.damage = nil
      figures.counters.setAside += 1
      (figures.counters.scans, figures.counters.samples) = (0, 0)
    }
    store.report(.setAside(file: path, to: target ?? path, reason: damage.description))
    do throws(StoreError) {
      try store.numbers.change(stream: stream)
    } catch {
      store.noteReservation(error)
    }
    store.report(.streamChanged(to: stream))
  }

  /// Writes what waits, gives unused numbers back and closes the files.
  func finish() {
    let taken = store.numbers.taken
    do throws(StoreError) {
      try store.withWriter { (writer) throws(StoreError) in
        try store.writeWaiting(&writer)
        try writer.closeGap(through: taken)
        _ = try writer.truncateLog()
      }
    } catch {
      store.report(.cannotWrite(error))
    }
    store.closeFiles()
    store.ended.signal()
  }
}
