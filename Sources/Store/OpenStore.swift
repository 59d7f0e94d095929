import Spectra
import Synchronization

/// A store whose files are open: its parts and what callers ask of them.
///
/// Locks are taken in this order and no other: the writer's, the readers', the numbers', the
/// queue's and the figures'. Reports are made without any of them.
final class OpenStore: Sendable {
  let folder: StoreFolder
  let settings: StoreSettings
  let report: @Sendable (StoreReport) -> Void
  let numbers: NumberReservation
  let history: StreamHistory
  let catalog: SampleCatalog
  let queue: EventQueue
  let wakeUp = WakingSignal()
  let ended = WakingSignal()
  let figures: StoreFigures
  /// Nil while the file of events is not open.
  let writer: Mutex<EventWriter?>

  /// Opens or begins all files and starts the thread; throws why the store cannot be used.
  init(
    folder path: String,
    settings: StoreSettings,
    report: @escaping @Sendable (StoreReport) -> Void
  ) throws(StoreError) {
    folder = try StoreFolder(path: path)
    let files = try OpenedFiles(folder, report: report)
    (self.settings, self.report, numbers) = (settings, report, files.numbers)
    queue = EventQueue(limit: settings.queuedEventsMax, wakeUp: wakeUp)
    var counters = StoreCounters()
    counters.setAside = files.setAsideCount
    let figures = StoreFigures(counters)
    if let damage = files.damage { figures.note(damage: damage) }
    self.figures = figures
    writer = Mutex(files.writer)
    let noteDamage: @Sendable (StoreError) -> Void = { [wakeUp] damage in
      figures.note(damage: damage)
      wakeUp.signal()
    }
    let eventsPath = folder.eventsPath
    history = StreamHistory(reader: StoreReader(path: eventsPath, noteDamage: noteDamage))
    catalog = SampleCatalog(reader: StoreReader(path: eventsPath, noteDamage: noteDamage))
    refreshFigures()
    try StoreThread.start { [self] in
      var work = StoreWork(self)
      work.run()
    }
  }

  func reserve(through sequence: UInt64) -> Bool {
    do throws(StoreError) {
      try numbers.take(through: sequence)
      figures.with { $0.isReservationReported = false }
      if numbers.isLow { wakeUp.signal() }
      return true
    } catch {
      noteReservation(error)
      return false
    }
  }

  func reserveWithoutWaiting(through sequence: UInt64) -> Bool {
    guard numbers.takeReserved(through: sequence) else { return false }
    if numbers.isLow { wakeUp.signal() }
    return true
  }

  /// Reports that no numbers can be had, once until they can.
  func noteReservation(_ error: StoreError) {
    let isReportDue = figures.with { figures in
      defer { figures.isReservationReported = true }
      return !figures.isReservationReported && !figures.isClosing
    }
    if isReportDue { report(.cannotReserve(error)) }
  }

  func append(_ events: [StoredEvent]) {
    if queue.append(events) { report(.queueFull(limit: settings.queuedEventsMax)) }
  }

  func counters() -> StoreCounters {
    let waiting = queue.count
    let givenUp = queue.givenUpCount
    return figures.with { figures in
      var counters = figures.counters
      counters.waiting += waiting
      counters.notStored += givenUp
      counters.problem =
        (figures.damage ?? figures.failure)?.description
        ?? figures.hangingWords(at: MonotonicTime.now())
      return counters
    }
  }

  func writeWaiting() throws(StoreError) { try change { (_) throws(StoreError) in } }

  func setLabel(
    sampleId: String,
    target: String,
    className: String?
  ) throws(StoreError) {
    try change { (writer) throws(StoreError) in
      try writer.setLabel(sampleId: sampleId, target: target, className: className)
    }
  }

  func setBaseline(
    scanner: String,
    standard: String,
    json: [UInt8]
  ) throws(StoreError) {
    try change { (writer) throws(StoreError) in
      try writer.setBaseline(scanner: scanner, standard: standard, json: json)
    }
  }

  func deleteSample(_ sampleId: String) throws(StoreError) -> Int {
    let count = try change { (writer) throws(StoreError) in try writer.deleteSample(sampleId) }
    figures.with { $0.needsTruncation = true }
    truncateLog()
    refreshFigures()
    return count
  }

  /// Empties the log after a deletion, now or, when somebody reads, at the thread's next step.
  func truncateLog() {
    guard figures.with(\.needsTruncation) else { return }
    let isDone = writer.withLock { writer in
      history.reader.close()
      catalog.reader.close()
      return (try? writer?.truncateLog()) ?? false
    }
    if isDone { figures.with { $0.needsTruncation = false } }
  }

  func close() {
    let isFirst = figures.with { figures in
      defer { figures.isClosing = true }
      return !figures.isClosing
    }
    guard isFirst else { return }
    queue.close()
    wakeUp.signal()
    ended.wait(milliseconds: 10_000)
  }

  /// Writes what waits, then runs `change`; both by the caller, while the thread keeps away.
  private func change<Value: Sendable>(
    _ change: (inout EventWriter) throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    do throws(StoreError) {
      return try withWriter { (writer) throws(StoreError) in
        defer { wakeUp.signal() }
        try writeWaiting(&writer)
        return try change(&writer)
      }
    } catch {
      if error.isDamage {
        figures.note(damage: error)
        wakeUp.signal()
      }
      throw error
    }
  }
}
