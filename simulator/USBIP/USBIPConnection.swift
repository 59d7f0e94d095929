import Glibc
import NIOCore

/// One client: first an operation, then, if it imported a device, its transfers.
///
/// The kernel of this machine has its device from the beginning.
///
/// All state belongs to the channel's event loop.
final class USBIPConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Phase {
    case awaitingOperation
    case imported(ExportedDevice)
    case closing
  }

  private let devices: ExportedDevices
  private let report: @Sendable (String) -> Void
  private var phase = Phase.awaitingOperation
  private var received = ByteBuffer()
  private var transfers = TransferQueue()
  private var wakeUp: Scheduled<Void>?
  private var operationLimit: Scheduled<Void>?
  /// How often the device had left the bus when it was imported.
  private var departureCount = 0

  init(
    devices: ExportedDevices,
    imported: ExportedDevice? = nil,
    report: @escaping @Sendable (String) -> Void
  ) {
    (self.devices, self.report) = (devices, report)
    if let imported { begin(imported) }
  }

  private func begin(_ exported: ExportedDevice) {
    phase = .imported(exported)
    departureCount = exported.device.departureCount
  }

  func channelActive(context: ChannelHandlerContext) {
    devices.connectionCount += 1
    guard devices.connectionCount <= USBIPLimits.connections else {
      phase = .closing
      report("connection refused: \(USBIPLimits.connections) are open already")
      context.close(promise: nil)
      return
    }
    guard case .awaitingOperation = phase else { return }
    operationLimit = context.eventLoop.assumeIsolated().scheduleTask(
      in: .seconds(USBIPLimits.operationSeconds)
    ) { [self] in
      if case .awaitingOperation = phase { context.close(promise: nil) }
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    devices.connectionCount -= 1
    operationLimit?.cancel()
    wakeUp?.cancel()
    if case .imported(let exported) = phase {
      exported.isImported = false
      report("\(exported.description.busID): released")
      if exported.device.departureCount == departureCount {
        exported.device.unplug()
      } else {
        exported.awaitReturn()
      }
    }
    phase = .closing
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    received.writeBuffer(&bytes)
    do throws(USBIPError) {
      try readMessages(context: context)
    } catch {
      report("connection closed: \(error)")
      context.close(promise: nil)
    }
    received.discardReadBytes()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    // A client that does not read its replies is not read from either.
    let isWritable = context.channel.isWritable
    try? context.channel.syncOptions?.setOption(.autoRead, value: isWritable)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    report("connection closed: \(error)")
    context.close(promise: nil)
  }

  private func readMessages(context: ChannelHandlerContext) throws(USBIPError) {
    reading: while true {
      switch phase {
      case .awaitingOperation:
        guard let operation = try received.readUSBIPOperation() else { break reading }
        answer(operation, context: context)
      case .imported(let exported):
        guard let command = try received.readUSBIPCommand() else { break reading }
        try run(command, on: exported, context: context)
      case .closing:
        received.clear()
        break reading
      }
    }
    if case .imported(let exported) = phase { attend(to: exported, context: context) }
    context.flush()
  }

  private func answer(_ operation: USBIPOperation, context: ChannelHandlerContext) {
    operationLimit?.cancel()
    var reply = context.channel.allocator.buffer(capacity: 512)
    switch operation {
    case .listDevices:
      reply.writeUSBIPDeviceList(devices.listed)
      phase = .closing
    case .importDevice(let busID):
      let (exported, status) = devices.importDevice(busID: busID)
      reply.writeUSBIPImport(status: status, device: exported?.description)
      if let exported { begin(exported) } else { phase = .closing }
      report("\(busID): import \(status == .accepted ? "accepted" : "refused, \(status)")")
    }
    context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
    if case .closing = phase { context.close(promise: nil) }
  }

  private func run(
    _ command: USBIPCommand,
    on exported: ExportedDevice,
    context: ChannelHandlerContext
  ) throws(USBIPError) {
    switch command {
    case .submit(let submit):
      try check(submit.deviceID, exported)
      try run(submit, on: exported.device, context: context)
    case .unlink(let sequence, let deviceID, let victim):
      try check(deviceID, exported)
      let status = transfers.remove(sequence: victim) ? TransferStatus.unlinked : .completed
      write(context) { $0.writeUSBIPUnlinkReply(sequence: sequence, status: status) }
    }
  }

  private func check(_ deviceID: UInt32, _ exported: ExportedDevice) throws(USBIPError) {
    let expected = exported.description.deviceID
    guard deviceID == expected else { throw .wrongDevice(found: deviceID, expected: expected) }
  }

  private func run(
    _ submit: USBIPSubmit,
    on device: NanoDevice,
    context: ChannelHandlerContext
  ) throws(USBIPError) {
    switch (submit.endpoint, submit.direction) {
    case (0, _):
      let setup = SetupPacket(bytes: submit.setup)
      let answer = setup.isRead == (submit.direction == .in) ? device.answer(setup) : nil
      guard let answer else { return complete(submit, .stalled, context) }
      let limit = min(Int(setup.length), submit.transferByteCount)
      let payload = submit.direction == .in ? Array(answer.prefix(limit)) : []
      complete(submit, .completed, payload: payload, context)
    case (1, .in):
      try transfers.append(sequence: submit.sequence, byteCount: submit.transferByteCount)
    case (1, .out):
      guard !device.isOutputHalted else { return complete(submit, .stalled, context) }
      let now = MonotonicClock.nanoseconds()
      for start in stride(from: 0, to: submit.payload.count, by: NanoDescriptors.reportBytes) {
        let end = min(start + NanoDescriptors.reportBytes, submit.payload.count)
        device.receive(Array(submit.payload[start..<end]), now: now)
      }
      complete(submit, .completed, context)
    default: complete(submit, .stalled, context)
    }
  }

  private func complete(
    _ submit: USBIPSubmit,
    _ status: TransferStatus,
    payload: [UInt8] = [],
    _ context: ChannelHandlerContext
  ) {
    let taken = submit.direction == .out ? submit.payload.count : payload.count
    write(context) {
      $0.writeUSBIPSubmitReply(
        sequence: submit.sequence,
        status: status,
        actualByteCount: status == .completed ? taken : 0,
        payload: payload
      )
    }
  }

  /// Does for a device what is due, and comes back when something else will be.
  private func attend(to exported: ExportedDevice, context: ChannelHandlerContext) {
    wakeUp?.cancel()
    let device = exported.device
    device.advance(now: MonotonicClock.nanoseconds())
    var next = deliver(from: device, context: context)
    // The reply to a start must be on its way before the device may leave during the scan.
    device.advance(now: MonotonicClock.nanoseconds())
    exported.publishNotices()
    guard device.departureCount == departureCount else {
      context.flush()
      return context.close(promise: nil)
    }
    next = [next, device.nextEvent].compactMap { $0 }.min()
    guard let next else { return }
    wakeUp = context.eventLoop.assumeIsolated().scheduleTask(in: .until(next)) { [self] in
      guard case .imported(let exported) = phase else { return }
      attend(to: exported, context: context)
      context.flush()
    }
  }

  /// Hands waiting packets to waiting transfers; returns when the next one will be ready.
  private func deliver(from device: NanoDevice, context: ChannelHandlerContext) -> UInt64? {
    while transfers.count > 0 {
      let done: TransferQueue.Completion?
      switch device.takeInput(now: MonotonicClock.nanoseconds()) {
      case .none: return nil
      case .notBefore(let time): return time
      case .packet(let packet): done = transfers.deliver(packet)
      case .stalled: done = transfers.endOldest(.stalled)
      }
      guard let done else { continue }
      write(context) {
        $0.writeUSBIPSubmitReply(
          sequence: done.sequence,
          status: done.status,
          actualByteCount: done.payload.count,
          payload: done.payload
        )
      }
    }
    return nil
  }

  private func write(_ context: ChannelHandlerContext, _ fill: (inout ByteBuffer) -> Void) {
    var reply = context.channel.allocator.buffer(capacity: 48 + NanoDescriptors.reportBytes)
    fill(&reply)
    context.write(wrapOutboundOut(reply), promise: nil)
  }
}
