/// The packets that wait for the host on the IN endpoint, oldest first.
struct ReplyQueue {
  /// What the host will find.
  enum Content: Equatable {
    case packet([UInt8])
    /// The endpoint halts in place of a packet.
    case stall
  }

  /// One packet and when it may go.
  struct Entry {
    var content: Content
    var readyAt: UInt64
    /// Whether it carries a part of a scan's file.
    var isOfScanFile: Bool
  }

  private var entries: [Entry] = []
  /// What was last put in for the host to read; GET_REPORT shows its first bytes.
  private(set) var responseBuffer = [UInt8](repeating: 0, count: NanoDescriptors.reportBytes)

  var isEmpty: Bool { entries.isEmpty }
  var first: Entry? { entries.first }

  /// Adds a reply, ready after `delay` nanoseconds, but never before an earlier one.
  mutating func append(_ reply: [Content], delay: UInt64, isOfScanFile: Bool, now: UInt64) {
    let readyAt = max(now, entries.last?.readyAt ?? now) + delay
    if case .packet(let packet) = reply.first { responseBuffer = packet }
    entries += reply.map { Entry(content: $0, readyAt: readyAt, isOfScanFile: isOfScanFile) }
  }

  mutating func removeFirst() -> Entry { entries.removeFirst() }

  mutating func removeAll() { entries = [] }
}
