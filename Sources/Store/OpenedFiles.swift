/// The store's files, opened and brought to agree.
struct OpenedFiles {
  let numbers: NumberReservation
  let writer: EventWriter
  let setAsideCount: Int
  /// Damage that was found too late for setting the file aside at once.
  let damage: StoreError?

  /// Opens both files, sets aside what is damaged and decides where the numbers go on.
  ///
  /// The numbers count in a new stream when the files do not belong together: one of them is new,
  /// or the reservation is behind what is stored. They go on behind what either file knows.
  init(
    _ folder: StoreFolder,
    report: @escaping @Sendable (StoreReport) -> Void
  ) throws(StoreError) {
    var setAsideCount = 0
    let note = { (file: String, target: String, damage: StoreError) in
      setAsideCount += 1
      report(.setAside(file: file, to: target, reason: damage.description))
    }
    let numbersFile = try OpenedFiles.open(folder.numbersPath, folder, note) {
      (path) throws(StoreError) in try NumberFile.open(path: path)
    }
    let events = try OpenedFiles.open(folder.eventsPath, folder, note) {
      (path) throws(StoreError) in try EventsFile.open(path: path)
    }
    let stored = events.head?.through ?? 0
    let reserved = numbersFile.row?.reserved ?? 0
    let isSame = events.head?.stream == numbersFile.row?.stream && stored <= reserved
    let isFirst = events.head == nil && numbersFile.row == nil
    let stream = isSame && !isFirst ? events.head?.stream : nil
    let row = NumberFile.Row(
      stream: stream ?? StreamIdentity.make(),
      reserved: max(stored, reserved)
    )
    var head = try OpenedFiles.head(events, row: row)
    if numbersFile.row == nil {
      try numbersFile.file.begin(row)
    } else if numbersFile.row != row {
      try numbersFile.file.write(row)
    }
    if stream == nil, !isFirst || setAsideCount > 0 { report(.streamChanged(to: row.stream)) }
    head.stream = row.stream
    let numbersPath = folder.numbersPath
    numbers = NumberReservation(numbersFile.file, row: row, folder: folder) { target, damage in
      report(.setAside(file: numbersPath, to: target, reason: damage.description))
    }
    var writer = EventWriter(events.connection, head: head, crashThrough: row.reserved)
    var damage: StoreError?
    if head.through < row.reserved {
      report(.crashGap((head.through + 1)...row.reserved))
      // When the disk is full, the gap is noted with the first event that can be written.
      do throws(StoreError) {
        try writer.closeGap(through: row.reserved)
      } catch {
        if error.isDamage { damage = error }
      }
    }
    (self.writer, self.setAsideCount, self.damage) = (writer, setAsideCount, damage)
  }

  /// Begins the tables, or has them say the stream that was decided.
  private static func head(
    _ events: (connection: Connection, head: EventsFile.Head?),
    row: NumberFile.Row
  ) throws(StoreError) -> EventsFile.Head {
    guard let head = events.head else {
      return try EventsFile.begin(events.connection, stream: row.stream, through: row.reserved)
    }
    if head.stream != row.stream {
      try events.connection.run(
        "UPDATE stream SET identity = ?1 WHERE one = 1",
        [.text(row.stream)],
        "changing the stream"
      )
    }
    return head
  }

  /// Opens a file; a damaged one is set aside and a new one opened, once.
  private static func open<Opened>(
    _ path: String,
    _ folder: StoreFolder,
    _ note: (String, String, StoreError) -> Void,
    _ open: (String) throws(StoreError) -> Opened
  ) throws(StoreError) -> Opened {
    do throws(StoreError) {
      return try open(path)
    } catch {
      guard error.isDamageAtOpening else { throw error }
      note(path, try folder.setAside(path), error)
    }
    return try open(path)
  }
}
