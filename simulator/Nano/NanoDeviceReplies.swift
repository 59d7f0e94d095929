/// From a packet of the host to the packets of the reply.
extension NanoDevice {
  /// Takes one packet of the OUT endpoint.
  package func receive(_ packet: [UInt8], now: UInt64) {
    advance(now: now)
    guard isOnBus, let request = assembler.accept(packet, now: now) else { return }
    presence.noteCommand(now: now)
    guard !leavesInsteadOfStarting(request, now: now) else { return }
    let scan = scanNumber(of: request)
    let chunk = chunkNumber(of: request)
    let damage = takeDamage(of: request, scan: scan, chunk: chunk, now: now)
    var (reply, delay): (NanoReply?, UInt64) = (nil, 0)
    switch damage {
    case .busy: reply = .busy
    case .error: reply = .error
    default: (reply, delay) = answer(request, now: now)
    }
    if request.wantsReply, let reply {
      queue(reply, to: request, damage, delay: delay, isOfScanFile: chunk != nil, now: now)
    }
    if chunk != nil { leaveIfFileWasReadSoFar(now: now) }
    advance(now: now)
  }

  /// Takes the next packet of the IN endpoint if it is ready.
  package func takeInput(now: UInt64) -> Input {
    guard !control.isHalted(endpoint: 0x81) else { return .stalled }
    guard let first = replies.first else { return .none }
    guard first.readyAt <= now else { return .notBefore(first.readyAt) }
    _ = replies.removeFirst()
    guard case .packet(let packet) = first.content else {
      control.halt(endpoint: 0x81)
      return .stalled
    }
    if first.isOfScanFile {
      presence.scanFilePacketsTaken += 1
      leaveIfFileWasReadSoFar(now: now)
    }
    return .packet(packet)
  }

  /// Whether the host's packets are refused because it has halted the OUT endpoint itself.
  package var isOutputHalted: Bool { control.isHalted(endpoint: 0x01) }

  private func queue(
    _ reply: NanoReply,
    to request: NanoRequest,
    _ damage: ReplyFault.Damage?,
    delay: UInt64,
    isOfScanFile: Bool,
    now: UInt64
  ) {
    var (reply, sequence, delay) = (reply, request.sequence, delay)
    if case .truncated(let count) = damage, case .ok(let data) = reply {
      reply = .ok(Array(data.prefix(count)))
    }
    if damage == .wrongSequence { sequence &+= 1 }
    if case .late(let nanoseconds) = damage { delay += nanoseconds }
    var packets = reply.packets(flags: request.flags, sequence: sequence)
    if case .shortPacket(let count) = damage { packets[0] = Array(packets[0].prefix(count)) }
    var contents = packets.map(ReplyQueue.Content.packet)
    switch damage {
    case .silence: return
    case .stall: contents = [.stall]
    case .garbage(let isBefore, let seed):
      var random = DeterministicRandom(seed: seed, stream: 0)
      let garbage = (0..<NanoDescriptors.reportBytes).map { _ in
        UInt8(truncatingIfNeeded: random.word())
      }
      contents = [.packet(garbage)] + (isBefore ? contents : [])
    default: break
    }
    replies.append(contents, delay: delay, isOfScanFile: isOfScanFile, now: now)
  }
}
