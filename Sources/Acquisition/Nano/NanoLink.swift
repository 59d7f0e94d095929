internal import Spectra

/// Commands and their replies over a transport: one at a time, as the device works.
struct NanoLink<Transport: ReportTransport & ~Copyable>: ~Copyable {
  /// How many reports in a row may be no answer to the command before the device counts as lost.
  ///
  /// A late reply to an earlier command has nine at most.
  private static var strayReportsMax: Int { 32 }

  private var transport: Transport
  private var request = NanoRequest()
  /// The last reply: its header, then its data from `NanoRequest.headerByteCount` on.
  private(set) var reply = FixedArray<UInt8>(repeating: 0, count: 9 * reportByteCount)
  private var sequence: UInt8 = 0

  /// Takes over the transport.
  init(over transport: consuming Transport) {
    self.transport = transport
  }

  /// What becomes readable between two commands only when the connection is lost.
  var descriptor: Int32 { transport.descriptor }

  /// Brings device and host to the boundary between two commands.
  ///
  /// A program that died in the middle of a request left the device waiting for its rest: reports
  /// of zeros complete it, and mean nothing to a device that waits for nothing. What it then says,
  /// or what that program did not read, is thrown away.
  mutating func resynchronize(
    commandTimeout: Duration,
    drainTimeout: Duration
  ) throws(AcquisitionError) {
    for index in 0..<reportByteCount { reply[index] = 0 }
    for _ in 0..<9 {
      guard
        try transport.send(
          reply,
          from: 0,
          expectsReply: false,
          deadline: .after(commandTimeout)
        )
      else { throw .timeout(command: nil) }
    }
    try drain(for: drainTimeout)
  }

  /// Throws away what the device sends until it has been silent for `drainTimeout`.
  mutating func drain(for drainTimeout: Duration) throws(AcquisitionError) {
    for _ in 0..<NanoLink.strayReportsMax {
      let deadline = Deadline.after(drainTimeout)
      do throws(AcquisitionError) {
        guard try transport.receive(into: &reply, at: 0, count: 1, deadline: deadline) else {
          return
        }
      } catch .shortReport {
        // It is thrown away like any other.
      } catch {
        throw error
      }
    }
    throw .protocolError(command: nil, .strayPackets(NanoLink.strayReportsMax))
  }

  /// Carries out a command without parameters; returns how many bytes of data `reply` holds.
  mutating func perform(
    _ command: NanoCommand,
    timeout: Duration
  ) throws(AcquisitionError) -> Int {
    begin(command)
    return try exchange(command, deadline: .after(timeout))
  }

  /// Asks for something that the device may be too busy for; returns whether it was not.
  mutating func begin(
    _ command: NanoCommand,
    _ parameter: UInt8,
    timeout: Duration
  ) throws(AcquisitionError) -> Bool {
    begin(command)
    request.append(parameter)
    let header = try roundTrip(command, deadline: .after(timeout))
    guard header.outcome != .error else { throw .commandFailed(command) }
    return header.outcome == .done
  }

  /// Carries out a command with one byte of parameters.
  mutating func perform(
    _ command: NanoCommand,
    _ parameter: UInt8,
    timeout: Duration
  ) throws(AcquisitionError) -> Int {
    begin(command)
    request.append(parameter)
    return try exchange(command, deadline: .after(timeout))
  }

  /// Carries out a command with several bytes of parameters.
  mutating func perform(
    _ command: NanoCommand,
    parameters: [UInt8],
    timeout: Duration
  ) throws(AcquisitionError) -> Int {
    begin(command)
    for parameter in parameters { request.append(parameter) }
    return try exchange(command, deadline: .after(timeout))
  }

  /// Carries out a command that answers a u32; with `parameter` if there is one.
  mutating func readNumber(
    _ command: NanoCommand,
    _ parameter: UInt8? = nil,
    timeout: Duration
  ) throws(AcquisitionError) -> UInt32 {
    begin(command)
    if let parameter { request.append(parameter) }
    let length = try exchange(command, deadline: .after(timeout))
    // A device that does not have what was asked for may answer with nothing at all.
    guard length >= 4 else {
      throw .protocolError(command: command, .replyLength(found: length, expected: 4))
    }
    return replyNumber
  }

  /// The u32 that the last reply begins with.
  var replyNumber: UInt32 {
    reply.withSpan { $0.uint32(at: NanoRequest.headerByteCount) }
  }

  /// The text in the first `count` bytes of the last reply.
  func replyText(_ count: Int) -> String {
    let data = NanoRequest.headerByteCount
    return reply.withSpan { text(of: $0, in: data..<data + count) }
  }

  /// Copies the first `count` bytes of the last reply's data.
  func copyReply(_ count: Int, to target: inout FixedArray<UInt8>, at offset: Int) {
    for index in 0..<count {
      target[offset + index] = reply[NanoRequest.headerByteCount + index]
    }
  }

  private mutating func begin(_ command: NanoCommand) {
    sequence &+= 1
    request.begin(command, sequence: sequence)
  }

  private mutating func exchange(
    _ command: NanoCommand,
    deadline: Deadline
  ) throws(AcquisitionError) -> Int {
    let header = try roundTrip(command, deadline: deadline)
    switch header.outcome {
    case .done: return header.dataByteCount
    case .error: throw .commandFailed(command)
    case .busy: throw .busy(command)
    }
  }

  /// Sends the request and awaits its reply, whatever that says.
  private mutating func roundTrip(
    _ command: NanoCommand,
    deadline: Deadline
  ) throws(AcquisitionError) -> NanoReplyHeader {
    for index in 0..<request.reportCount {
      let isLast = index == request.reportCount - 1
      guard
        try transport.send(
          request.bytes,
          from: index * reportByteCount,
          expectsReply: isLast,
          deadline: deadline
        )
      else { throw .timeout(command: command) }
    }
    return try awaitReply(to: command, deadline: deadline)
  }

  /// Reads reports until the reply to the current request is whole.
  private mutating func awaitReply(
    to command: NanoCommand,
    deadline: Deadline
  ) throws(AcquisitionError) -> NanoReplyHeader {
    for _ in 0..<NanoLink.strayReportsMax {
      try receive(at: 0, count: 1, for: command, deadline: deadline)
      guard let header = reply.withSpan({ NanoReplyHeader(parsing: $0) }) else {
        // Neither a header nor a part of anything: one report of rubbish.
        continue
      }
      if header.reportCount > 1 {
        // Also of a reply to an earlier command that came too late: its rest follows it.
        try receive(
          at: reportByteCount,
          count: header.reportCount - 1,
          for: command,
          deadline: deadline
        )
      }
      if header.sequence == request.sequence, header.requestFlags == request.flags {
        return header
      }
    }
    throw .protocolError(command: command, .strayPackets(NanoLink.strayReportsMax))
  }

  private mutating func receive(
    at offset: Int,
    count: Int,
    for command: NanoCommand,
    deadline: Deadline
  ) throws(AcquisitionError) {
    do throws(AcquisitionError) {
      guard try transport.receive(into: &reply, at: offset, count: count, deadline: deadline)
      else { throw .timeout(command: command) }
    } catch .shortReport(let count) {
      // The device's mistake, not the connection's: what follows is a reply again.
      throw .protocolError(command: command, .shortPacket(byteCount: count))
    } catch {
      throw error
    }
  }
}
