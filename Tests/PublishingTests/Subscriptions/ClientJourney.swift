import NIOCore
import Publishing

/// What truly happened in a stream.
struct StreamTruth {
  /// Every line that was published and can still be wanted, by its number.
  var lines: [UInt64: NumberedLine] = [:]
  var newest: UInt64
  /// No number below was kept.
  var oldest: UInt64
  var notStored: Set<UInt64> = []
  var deletedSamples: Set<String> = []
  /// What the crash before this run left uncommitted.
  var crashed: ClosedRange<UInt64>

  mutating func note(_ published: [NumberedLine]) {
    for line in published { lines[line.sequence] = line }
    newest = published.last?.sequence ?? newest
  }

  /// Whether a client with this filter is to be told of the number.
  func isWanted(_ number: UInt64, _ filter: SubscriptionFilter) -> Bool {
    lines[number].map(filter.passes) ?? true
  }

  /// Whether a gap of one number says the truth.
  func allows(_ number: UInt64, _ reason: String) -> Bool {
    switch reason {
    case "expired": number < oldest
    case "notStored": notStored.contains(number)
    case "deleted": lines[number]?.sampleId.map(deletedSamples.contains) ?? false
    case "crash": crashed.contains(number)
    case "slowClient": lines[number] != nil
    default: false
    }
  }
}

/// One client through all its connections, and what is wrong with what it was sent.
struct ClientJourney {
  /// Every number up to this one came, as a line or in a gap, or was not wanted.
  private(set) var position: UInt64
  private(set) var outlet = MemoryOutlet()
  private(set) var complaints: [String] = []
  /// Wanted lines that lay in gaps of the reason slowClient.
  private(set) var droppedCount = 0
  private let filter: SubscriptionFilter
  private var checkedCount = 0

  init(position: UInt64, filter: SubscriptionFilter) {
    (self.position, self.filter) = (position, filter)
  }

  /// Connects, for the first time or again, with the last number that came.
  mutating func connect(to server: PredictionServer, stream: String, credit: Int) async throws {
    let outlet = MemoryOutlet(credit: credit)
    (self.outlet, checkedCount) = (outlet, 0)
    try await server.subscribe(
      after: position,
      stream: stream,
      filter: filter,
      makingOutlet: { outlet }
    )
  }

  /// Looks at what came since the last check.
  mutating func check(_ truth: StreamTruth) {
    for object in outlet.objects(from: checkedCount) {
      let line = String(buffer: object.line)
      switch object.kind {
      case .hello: if checkedCount != 0 { complain("a second hello", line) }
      case .gap: checkGap(line, truth)
      case .heartbeat:
        guard let next = number("next", of: line) else { return complain("no next", line) }
        skip(before: next, truth, line)
        position = max(position, next - 1)
      default: checkLine(object, line, truth)
      }
      checkedCount += 1
    }
    if let end = outlet.ending { complain("it was ended: \(end)", "") }
  }

  private mutating func checkLine(_ object: StreamObject, _ line: String, _ truth: StreamTruth) {
    guard let sequence = number("seq", of: line) else { return complain("no number", line) }
    skip(before: sequence, truth, line)
    if truth.lines[sequence]?.object != object { complain("not what was published", line) }
    if !truth.isWanted(sequence, filter) { complain("not wanted", line) }
    position = max(position, sequence)
  }

  private mutating func checkGap(_ line: String, _ truth: StreamTruth) {
    guard let from = number("from", of: line), let to = number("to", of: line),
      let reason = member("reason", of: line), from <= to
    else { return complain("a gap of nothing", line) }
    skip(before: from, truth, line)
    for number in from...to where !truth.allows(number, reason) {
      complain("\(number) did not go for that reason", line)
    }
    if reason == "slowClient" {
      droppedCount += (from...to).count { truth.isWanted($0, filter) }
      let ends = truth.isWanted(from, filter) && truth.isWanted(to, filter)
      if !ends { complain("the ends of a gap are numbers that were truly lost", line) }
    }
    position = max(position, to)
  }

  /// Numbers between the last that came and `next` must be unwanted.
  private mutating func skip(before next: UInt64, _ truth: StreamTruth, _ line: String) {
    if next <= position { return complain("\(position) came before", line) }
    for number in position + 1..<next where truth.isWanted(number, filter) {
      complain("\(number) was left out", line)
    }
  }

  private mutating func complain(_ what: String, _ line: String) {
    complaints.append("\(what): \(line)")
  }
}
