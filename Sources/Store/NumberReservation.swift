import Synchronization

/// The numbers of the stream: reserved on the disk before they are used, in blocks.
///
/// They stand in a small file of their own, whose update needs no new room: so numbers can be had
/// on a full disk. Two locks: one for the figures, held for moments; one for the file, held while
/// it is written. So a number that is reserved already never waits for the disk.
final class NumberReservation: Sendable {
  /// How many numbers are reserved at a time.
  static let blockCount: UInt64 = 4_096

  /// The numbers as they stand on the disk and in use.
  private struct Figures {
    var stream: String
    /// All numbers up to this one may be used.
    var reserved: UInt64
    /// All numbers up to this one have been asked for.
    var taken: UInt64
    /// Whether a number was taken since the start: nothing is reserved ahead for nobody.
    var isInUse = false
    var isClosed = false
  }

  private let figures: Mutex<Figures>
  private let file: Mutex<NumberFile>
  private let folder: StoreFolder
  private let noteSetAside: @Sendable (_ target: String, _ damage: StoreError) -> Void

  /// Goes on behind what `file` says; `noteSetAside` is told when it turns out damaged later.
  init(
    _ file: NumberFile,
    row: NumberFile.Row,
    folder: StoreFolder,
    noteSetAside: @escaping @Sendable (_ target: String, _ damage: StoreError) -> Void
  ) {
    (self.folder, self.noteSetAside) = (folder, noteSetAside)
    figures = Mutex(Figures(stream: row.stream, reserved: row.reserved, taken: row.reserved))
    self.file = Mutex(file)
  }

  /// The stream that the numbers count in.
  var stream: String { figures.withLock(\.stream) }
  /// The first number that was never asked for.
  var next: UInt64 { figures.withLock(\.taken) + 1 }
  /// The last number that was asked for.
  var taken: UInt64 { figures.withLock(\.taken) }
  /// Whether it is time to reserve the next block.
  var isLow: Bool {
    figures.withLock {
      !$0.isClosed && $0.isInUse && $0.reserved - $0.taken < NumberReservation.blockCount / 2
    }
  }

  /// Takes all numbers up to `sequence`; reserves a block when they are not reserved yet.
  func take(through sequence: UInt64) throws(StoreError) {
    guard sequence < UInt64(Int64.max / 4) else {
      throw .unavailable(problem: "\(sequence) is no number of an event")
    }
    if takeReserved(through: sequence) { return }
    try file.withLock { (file) throws(StoreError) in
      if takeReserved(through: sequence) { return }
      try extend(&file, to: sequence)
    }
    guard takeReserved(through: sequence) else {
      throw .unavailable(problem: "the store is closed")
    }
  }

  /// Reserves the next block ahead of need.
  func refill() throws(StoreError) {
    try file.withLock { (file) throws(StoreError) in
      guard isLow else { return }
      try extend(&file, to: taken)
    }
  }

  /// Says that the numbers count in another stream from now on; they go on as before.
  func change(stream: String) throws(StoreError) {
    try file.withLock { (file) throws(StoreError) in
      let reserved = figures.withLock(\.reserved)
      figures.withLock { $0.stream = stream }
      try write(NumberFile.Row(stream: stream, reserved: reserved), &file)
    }
  }

  /// Gives back what was reserved and never taken, and reserves nothing more.
  func giveBack() throws(StoreError) {
    let row = figures.withLock { figures in
      figures.isClosed = true
      return NumberFile.Row(stream: figures.stream, reserved: figures.taken)
    }
    try file.withLock { (file) throws(StoreError) in
      defer { file.close() }
      try write(row, &file)
    }
  }

  /// Takes all numbers up to `sequence` if they are reserved already; never waits.
  func takeReserved(through sequence: UInt64) -> Bool {
    figures.withLock { figures in
      guard sequence <= figures.reserved, !figures.isClosed else { return false }
      figures.taken = max(figures.taken, sequence)
      figures.isInUse = true
      return true
    }
  }

  private func extend(_ file: inout NumberFile, to sequence: UInt64) throws(StoreError) {
    let row = figures.withLock { figures in
      NumberFile.Row(
        stream: figures.stream,
        reserved: max(figures.reserved, sequence) + NumberReservation.blockCount
      )
    }
    guard !figures.withLock(\.isClosed) else { throw .unavailable(problem: "the store is closed") }
    try write(row, &file)
    figures.withLock { $0.reserved = row.reserved }
  }

  private func write(_ row: NumberFile.Row, _ file: inout NumberFile) throws(StoreError) {
    do throws(StoreError) {
      try file.write(row)
    } catch {
      guard error.isDamageAtOpening else { throw error }
      noteSetAside(try file.renew(folder, row), error)
    }
  }
}
