/// Everything that the daemon keeps: events with their scans, samples, labels and baselines.
///
/// All calls are safe from any thread. `append`, `stream`, `nextNumber`, `oldestNumber` and
/// `counters` never wait for the disk; `reserve` does only when the numbers reserved ahead are used
/// up; everything else may wait for it, some seconds at most.
///
/// A store that cannot be used (another process has it, a later version wrote it, the folder is not
/// writable) is a store all the same: its `problem` says why, it reserves nothing, drops what is
/// appended, and every question throws. Close it and open it again to try again.
package final class Store: Sendable {
  private let opened: Result<OpenStore, StoreError>
  private let streamWithoutStore: String

  /// Opens or begins the store in `folder`, which is made when it is missing.
  ///
  /// Damaged files are set aside (renamed, kept, reported) and new ones begun. `report` is called
  /// by any thread, by this call too, and must not call the store; it should return soon.
  package static func open(
    folder: String,
    settings: StoreSettings,
    report: @escaping @Sendable (StoreReport) -> Void
  ) -> Store {
    do throws(StoreError) {
      let opened = try OpenStore(folder: folder, settings: settings, report: report)
      return Store(.success(opened))
    } catch {
      report(.unavailable(problem: error.description))
      return Store(.failure(error))
    }
  }

  private init(_ opened: Result<OpenStore, StoreError>) {
    self.opened = opened
    streamWithoutStore = StreamIdentity.make()
  }

  /// Why the store cannot be used, in words; nil when it can.
  package var problem: String? {
    guard case .failure(let error) = opened else { return nil }
    return error.description
  }

  /// The store's identity: 32 hexadecimal digits, another only when the store is another.
  ///
  /// Numbers go on when it changes: no number is used twice, in whichever stream.
  package var stream: String {
    guard case .success(let store) = opened else { return streamWithoutStore }
    return store.numbers.stream
  }

  /// The first number that was never asked for: what the next event gets.
  ///
  /// Behind the reserved block after a crash, exact after a clean close.
  package var nextNumber: UInt64 {
    guard case .success(let store) = opened else { return 1 }
    return store.numbers.next
  }

  /// The oldest number that is stored; nil when nothing is.
  package var oldestNumber: UInt64? { counters.oldest }

  /// How the store is; nothing is read for it.
  package var counters: StoreCounters {
    switch opened {
    case .success(let store): return store.counters()
    case .failure(let error):
      var counters = StoreCounters()
      counters.problem = error.description
      return counters
    }
  }

  /// Takes all numbers up to `sequence`, which then are never given again.
  ///
  /// - Returns: whether a synced reservation covers them. False when none can be had: the numbers
  ///   must not be used; each further call tries again.
  package func reserve(through sequence: UInt64) -> Bool {
    guard case .success(let store) = opened else { return false }
    return store.reserve(through: sequence)
  }

  /// Takes all numbers up to `sequence` where that needs no disk; false when `reserve` must be asked.
  package func reserveWithoutWaiting(through sequence: UInt64) -> Bool {
    guard case .success(let store) = opened else { return false }
    return store.reserveWithoutWaiting(through: sequence)
  }

  /// Hands events over to be written within a second; never waits for the disk.
  ///
  /// The events' numbers must rise, from call to call too. When too many wait, the oldest of them
  /// are given up and counted; their numbers become a gap.
  package func append(_ events: [StoredEvent]) {
    guard case .success(let store) = opened else { return }
    store.append(events)
  }

  /// Returns when everything appended so far is committed; throws when it cannot be.
  package func writeWaiting() throws(StoreError) { try opened.get().writeWaiting() }

  /// Writes what waits, gives unused numbers back and closes all files; waits some seconds at most.
  ///
  /// Nothing else may be called afterwards but `counters`; a second call does nothing.
  package func close() {
    guard case .success(let store) = opened else { return }
    store.close()
  }
}

extension Store {
  /// The stream behind the number `sequence`, in at most `limit` items (1 to 1000).
  ///
  /// A page has no hole: each number after `sequence` is a line's or lies in a gap.
  package func page(
    after sequence: UInt64,
    limit: Int
  ) throws(StoreError) -> StoredPage {
    try opened.get().history.page(after: sequence, limit: limit)
  }

  /// The samples that pass `filter`, the newest first.
  package func samples(_ filter: SampleFilter = SampleFilter()) throws(StoreError) -> SamplePage {
    try opened.get().catalog.samples(filter)
  }

  /// One sample and the numbers of its stored scans, rising; throws `noSuchSample`.
  package func sample(
    _ sampleId: String
  ) throws(StoreError) -> (sample: SampleRecord, scans: [UInt64]) {
    try opened.get().catalog.sample(sampleId)
  }

  /// At most `limit` (1 to 1000) scans of a sample behind the number `sequence`, with their grids.
  ///
  /// Begin after 0 and go on after the last one's number until none comes. Throws `noSuchSample`.
  package func scans(
    ofSample sampleId: String,
    after sequence: UInt64 = 0,
    limit: Int = 64
  ) throws(StoreError) -> SampleScans {
    try opened.get().catalog.scans(ofSample: sampleId, after: sequence, limit: limit)
  }

  /// The scan behind the prediction of number `sequence`; throws `noSuchScan`.
  package func scan(_ sequence: UInt64) throws(StoreError) -> ScanRecord {
    try opened.get().catalog.scan(sequence)
  }

  /// Notes the class that is known for a target of a sample; nil forgets it.
  ///
  /// Throws `noSuchSample`. What waits is written first, so a sample just published is known.
  package func setLabel(
    sampleId: String,
    target: String,
    className: String?
  ) throws(StoreError) {
    try opened.get().setLabel(sampleId: sampleId, target: target, className: className)
  }

  /// Erases a sample, its scans, lines and labels, from the files too; throws `noSuchSample`.
  ///
  /// Its numbers become a gap. End a sample first: what is appended later makes it anew.
  /// - Returns: how many scans were erased.
  package func deleteSample(_ sampleId: String) throws(StoreError) -> Int {
    try opened.get().deleteSample(sampleId)
  }

  /// Keeps what a check measured on a standard, a JSON text, as the baseline of later checks.
  package func setBaseline(
    scanner: String,
    standard: String,
    json: [UInt8]
  ) throws(StoreError) {
    try opened.get().setBaseline(scanner: scanner, standard: standard, json: json)
  }

  /// The baseline of a standard as it was given; nil when it was never measured with this scanner.
  package func baseline(scanner: String, standard: String) throws(StoreError) -> [UInt8]? {
    try opened.get().catalog.baseline(scanner: scanner, standard: standard)
  }
}
