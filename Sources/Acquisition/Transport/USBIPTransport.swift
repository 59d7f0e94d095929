internal import Glibc
internal import Spectra

/// Reports over USB/IP, spoken here in user space: no kernel module, no root.
///
/// At most one IN and one OUT transfer are outstanding. A transfer that outlives its deadline is
/// given up, and the server's word for that awaited, so none can complete unexpectedly later.
struct USBIPTransport: ~Copyable, ReportTransport {
  private struct Transfer: BitwiseCopyable {
    var sequence: UInt32
    var length: Int
  }

  /// How long a server may take to confirm that a transfer was given up.
  private static let unlinkTimeout = Duration.seconds(2)
  private static let endpointNumber: UInt32 = 1

  private let socket: ByteSocket
  private let deviceID: UInt32
  private var incoming = USBIPReplyBuffer()
  /// Room for an IN header, an OUT header and its report: what is sent at once.
  private var outgoing = FixedArray<UInt8>(
    repeating: 0,
    count: 2 * USBIPRequest.headerByteCount + reportByteCount
  )
  private var lastSequence: UInt32 = 0
  private var inTransfer: Transfer?
  private var outTransfer: Transfer?

  var descriptor: Int32 { socket.descriptor }

  /// Connects to the server at `address` and imports the scanner there.
  init(
    connectingTo address: USBIPAddress,
    deadline: Deadline,
    stopping: EventDescriptor
  ) throws(AcquisitionError) {
    let socket = try ByteSocket(
      connectingTo: address.endpoint,
      deadline: deadline,
      stopping: stopping
    )
    var buffer = USBIPReplyBuffer()
    let device = try USBIPTransport.importDevice(address.busID, over: socket, &buffer, deadline)
    guard device.vendor == 0x0451, device.product == 0x4200 else {
      throw .wrongDevice(vendor: device.vendor, product: device.product)
    }
    self.socket = socket
    incoming = buffer
    deviceID = device.deviceID
  }

  private static func importDevice(
    _ busID: String,
    over socket: borrowing ByteSocket,
    _ buffer: inout USBIPReplyBuffer,
    _ deadline: Deadline
  ) throws(AcquisitionError) -> USBIPImport {
    var request = FixedArray<UInt8>(repeating: 0, count: USBIPRequest.importByteCount)
    USBIPRequest.writeImport(of: busID, into: &request)
    guard try socket.send(request, count: request.count, deadline: deadline) else {
      throw .timeout(command: nil)
    }
    try collect(USBIPImport.statusByteCount, in: &buffer, from: socket, deadline)
    let status: UInt32
    do throws(USBIPViolation) {
      status = try buffer.withWaiting { bytes throws(USBIPViolation) in
        try USBIPImport.status(parsing: bytes)
      }
    } catch {
      throw .serverViolation(error)
    }
    guard status == 0 else { throw .importRefused(status: status) }
    buffer.drop(USBIPImport.statusByteCount)
    try collect(USBIPImport.deviceByteCount, in: &buffer, from: socket, deadline)
    let device = buffer.withWaiting { USBIPImport(parsing: $0) }
    buffer.drop(USBIPImport.deviceByteCount)
    return device
  }

  private static func collect(
    _ count: Int,
    in buffer: inout USBIPReplyBuffer,
    from socket: borrowing ByteSocket,
    _ deadline: Deadline
  ) throws(AcquisitionError) {
    while buffer.count < count {
      let added = try buffer.append { bytes, offset throws(AcquisitionError) in
        try socket.receive(into: &bytes, at: offset, deadline: deadline)
      }
      if added == 0 { throw .timeout(command: nil) }
    }
  }
}

// MARK: Reports

extension USBIPTransport {
  mutating func send(
    _ bytes: borrowing FixedArray<UInt8>,
    from offset: Int,
    expectsReply: Bool,
    deadline: Deadline
  ) throws(AcquisitionError) -> Bool {
    precondition(inTransfer == nil, "the previous reply is still awaited")
    guard try finishOut(until: deadline) else { return false }
    var length = 0
    if expectsReply { length = writeInSubmit(reports: 1) }
    lastSequence &+= 1
    outTransfer = Transfer(sequence: lastSequence, length: reportByteCount)
    USBIPRequest.writeSubmit(
      sequence: lastSequence,
      device: deviceID,
      isIn: false,
      endpoint: USBIPTransport.endpointNumber,
      length: reportByteCount,
      into: &outgoing,
      at: length
    )
    length += USBIPRequest.headerByteCount
    for index in 0..<reportByteCount { outgoing[length + index] = bytes[offset + index] }
    length += reportByteCount
    try flush(length, until: deadline)
    return true
  }

  mutating func receive(
    into bytes: inout FixedArray<UInt8>,
    at offset: Int,
    count: Int,
    deadline: Deadline
  ) throws(AcquisitionError) -> Bool {
    var received = 0
    while received < count * reportByteCount {
      if inTransfer == nil {
        let length = writeInSubmit(reports: count - received / reportByteCount)
        try flush(length, until: deadline)
      }
      guard let reply = try awaitIn(until: deadline) else { return try giveUp() }
      let length = Int(reply.actualLength)
      incoming.copy(
        length,
        from: USBIPRequest.headerByteCount,
        to: &bytes,
        at: offset + received
      )
      incoming.drop(USBIPRequest.headerByteCount + length)
      guard length % reportByteCount == 0 else {
        throw .shortReport(byteCount: length % reportByteCount)
      }
      received += length
      // A transfer may end early with an empty packet; then the rest is asked for again.
      if length == 0 && deadline.remainingMilliseconds == 0 { return false }
    }
    // So that nothing can arrive between two commands.
    return try finishOut(until: deadline)
  }

  /// Writes the request for so many reports to the front of `outgoing`; returns its length.
  private mutating func writeInSubmit(reports: Int) -> Int {
    lastSequence &+= 1
    inTransfer = Transfer(sequence: lastSequence, length: reports * reportByteCount)
    USBIPRequest.writeSubmit(
      sequence: lastSequence,
      device: deviceID,
      isIn: true,
      endpoint: USBIPTransport.endpointNumber,
      length: reports * reportByteCount,
      into: &outgoing,
      at: 0
    )
    return USBIPRequest.headerByteCount
  }

  /// Sends the front of `outgoing`.
  ///
  /// Half a message cannot be taken back, so a server that reads no more is lost.
  private func flush(_ length: Int, until deadline: Deadline) throws(AcquisitionError) {
    guard try socket.send(outgoing, count: length, deadline: deadline) else {
      throw .timeout(command: nil)
    }
  }
}

// MARK: Replies

extension USBIPTransport {
  /// Waits for the IN transfer's reply; nil when the deadline passed.
  ///
  /// Its header and data stay in `incoming` for the caller to use up.
  private mutating func awaitIn(
    until deadline: Deadline
  ) throws(AcquisitionError) -> USBIPReply? {
    while let reply = try nextReply(until: deadline) {
      if !reply.isUnlink, reply.sequence == inTransfer?.sequence {
        try USBIPTransport.check(reply)
        inTransfer = nil
        return reply
      }
      try finish(reply)
    }
    return nil
  }

  /// Waits until no OUT transfer is outstanding; returns false when the deadline passed.
  private mutating func finishOut(until deadline: Deadline) throws(AcquisitionError) -> Bool {
    while outTransfer != nil {
      guard let reply = try nextReply(until: deadline) else { return try giveUp() }
      try finish(reply)
    }
    return true
  }

  /// Gives up what is outstanding and returns false, for the caller to hand on.
  private mutating func giveUp() throws(AcquisitionError) -> Bool {
    if let transfer = inTransfer { try unlink(transfer) }
    if let transfer = outTransfer { try unlink(transfer) }
    return false
  }

  private mutating func unlink(_ transfer: Transfer) throws(AcquisitionError) {
    let deadline = Deadline.after(USBIPTransport.unlinkTimeout)
    lastSequence &+= 1
    let request = lastSequence
    USBIPRequest.writeUnlink(
      sequence: request,
      device: deviceID,
      victim: transfer.sequence,
      into: &outgoing
    )
    try flush(USBIPRequest.headerByteCount, until: deadline)
    while let reply = try nextReply(until: deadline) {
      guard reply.isUnlink, reply.sequence == request else {
        // It completed just before: a late answer, which nobody waits for any more.
        try finish(reply)
        continue
      }
      incoming.drop(USBIPRequest.headerByteCount)
      if inTransfer?.sequence == transfer.sequence { inTransfer = nil }
      if outTransfer?.sequence == transfer.sequence { outTransfer = nil }
      return
    }
    throw .timeout(command: nil)
  }

  /// Uses up a reply whose data nobody wants, and marks its transfer as done.
  private mutating func finish(_ reply: USBIPReply) throws(AcquisitionError) {
    incoming.drop(try byteCount(of: reply))
    if !reply.isUnlink, reply.sequence == outTransfer?.sequence {
      outTransfer = nil
    } else if !reply.isUnlink, reply.sequence == inTransfer?.sequence {
      inTransfer = nil
    } else {
      throw .serverViolation(.sequence(reply.sequence))
    }
    try USBIPTransport.check(reply)
  }

  /// Waits for the next reply with all its data, and leaves it waiting; nil after the deadline.
  private mutating func nextReply(
    until deadline: Deadline
  ) throws(AcquisitionError) -> USBIPReply? {
    while true {
      if let reply = try peekReply(), incoming.count >= (try byteCount(of: reply)) { return reply }
      let added = try incoming.append { bytes, offset throws(AcquisitionError) in
        try socket.receive(into: &bytes, at: offset, deadline: deadline)
      }
      if added == 0 { return nil }
    }
  }

  private func peekReply() throws(AcquisitionError) -> USBIPReply? {
    do throws(USBIPViolation) {
      return try incoming.peekReply()
    } catch {
      throw .serverViolation(error)
    }
  }

  /// The size of a reply with its data, which only an IN transfer's has.
  private func byteCount(of reply: USBIPReply) throws(AcquisitionError) -> Int {
    guard !reply.isUnlink, let transfer = inTransfer, reply.sequence == transfer.sequence else {
      return USBIPRequest.headerByteCount
    }
    let length = Int(reply.actualLength)
    guard length >= 0, length <= transfer.length else {
      throw .serverViolation(.length(reply.actualLength))
    }
    return USBIPRequest.headerByteCount + length
  }

  private static func check(_ reply: USBIPReply) throws(AcquisitionError) {
    switch -reply.status {
    case 0: return
    case ENODEV, ESHUTDOWN: throw .deviceGone(transferStatus: reply.status)
    case EPIPE: throw .stalled
    default: throw .transferFailed(status: reply.status)
    }
  }
}
