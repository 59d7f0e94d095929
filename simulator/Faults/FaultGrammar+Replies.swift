/// Faults of replies and their options.
extension FaultSentence {
  /// Reads what happens to which reply; nil when the words are no fault of a reply.
  mutating func readReplyFault() throws(FaultScriptError) -> ReplyFault? {
    var fault: ReplyFault
    if accepts("truncated chunk") {
      fault = ReplyFault(damage: .truncated(byteCount: 100))
      fault.target = .chunk(try readChunkNumber())
      return fault
    }
    if accepts("garbage") {
      fault = ReplyFault(damage: .garbage(isBefore: true, seed: 1))
      if accepts("instead of") {
        fault.damage = .garbage(isBefore: false, seed: 1)
        fault.target = try readTarget()
      } else if accepts("before") {
        fault.target = try readTarget()
      } else if !isAtEnd, !isAtComma {
        throw unexpected("'before', 'instead of' or ','")
      }
      return fault
    }
    guard let damage = readDamage() else { return nil }
    fault = ReplyFault(damage: damage)
    if accepts("on") {
      fault.target = try readTarget()
    } else if !isAtEnd, !isAtComma {
      throw unexpected("'on' or ','")
    }
    return fault
  }

  private mutating func readDamage() -> ReplyFault.Damage? {
    if accepts("stall") { return .stall }
    if accepts("silence") { return .silence }
    if accepts("late") { return .late(nanoseconds: 1_000_000_000) }
    if accepts("busy") { return .busy }
    if accepts("error") { return .error }
    if accepts("wrong sequence") { return .wrongSequence }
    if accepts("short packet") { return .shortPacket(byteCount: 10) }
    return nil
  }

  private mutating func readTarget() throws(FaultScriptError) -> ReplyFault.Target {
    accepts("chunk") ? .chunk(try readChunkNumber()) : .command(try readCommand())
  }

  private mutating func readChunkNumber() throws(FaultScriptError) -> Int {
    try readNumber("a chunk of the scan's file", in: 1...ScanFile.chunkCount)
  }

  /// Reads the options of `reply`.
  mutating func readReplyOptions(
    _ reply: ReplyFault,
    of fault: inout Fault
  ) throws(FaultScriptError) {
    var reply = reply
    while accepts(",") {
      if accepts("keep") {
        fault.keepsScan = true
      } else if try !readOwnOption(of: &reply) {
        reply.times = try readNumber(
          "\(ownOption(of: reply.damage))'keep' or how many times",
          in: 1...1_000_000
        )
        if !accepts("time") { try read("times") }
      }
    }
    fault.kind = .reply(reply)
  }

  private func ownOption(of damage: ReplyFault.Damage) -> String {
    switch damage {
    case .late: "'by T', "
    case .silence, .busy: "'for T', "
    case .shortPacket: "'of N bytes', "
    case .garbage: "'seed N', "
    case .truncated: "'to N bytes', "
    case .stall, .error, .wrongSequence: ""
    }
  }

  /// Reads the option that only this damage has; false when something else comes.
  private mutating func readOwnOption(of reply: inout ReplyFault) throws(FaultScriptError) -> Bool {
    switch reply.damage {
    case .late:
      guard accepts("by") else { return false }
      reply.damage = .late(nanoseconds: try readTime())
    case .silence, .busy:
      guard accepts("for") else { return false }
      reply.durationNanoseconds = try readTime()
    case .shortPacket:
      guard accepts("of") else { return false }
      reply.damage = .shortPacket(byteCount: try readByteCount(in: 0...63))
    case .garbage(let isBefore, _):
      guard accepts("seed") else { return false }
      reply.damage = .garbage(
        isBefore: isBefore,
        seed: try readNumber("a seed", in: 0...UInt64.max)
      )
    case .truncated:
      guard accepts("to") else { return false }
      reply.damage = .truncated(byteCount: try readByteCount(in: 0...511))
    case .stall, .error, .wrongSequence: return false
    }
    return true
  }

  private mutating func readByteCount(in range: ClosedRange<Int>) throws(FaultScriptError) -> Int {
    let count = try readNumber("a number of bytes", in: range)
    if !accepts("byte") { try read("bytes") }
    return count
  }
}
