import NIOCore

/// One client: writes its lines as fast as it takes them and throws away what it sends.
///
/// Lives on the event loop. Lines go to the channel only while the socket takes them; the others
/// wait in the bounded queue, so a client that does not read costs a fixed amount of memory.
final class ClientConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum State {
    case new
    case serving(ChannelHandlerContext)
    /// The queue is sent, then a `bye` with this reason; new lines are no longer taken.
    case leaving(ChannelHandlerContext, reason: String)
    /// The `bye` is written; the connection ends when the socket has taken it.
    case ending(ChannelHandlerContext)
    case closed
  }

  private let broadcast: Broadcast
  private let stuckTimeout: TimeAmount
  private var state = State.new
  private var queue: ClientQueue
  private var stuckTimer: Scheduled<Void>?
  private var isDraining = false

  init(broadcast: Broadcast, settings: PublishingSettings) {
    self.broadcast = broadcast
    stuckTimeout = TimeAmount(settings.stuckClientTimeout)
    queue = ClientQueue(linesMax: settings.queuedLinesMax, bytesMax: settings.queuedBytesMax)
  }

  /// Queues one line and sends what the socket takes.
  ///
  /// - Returns: how many lines the client loses for it.
  func send(sequence: UInt64, _ bytes: ByteBuffer) -> Int {
    guard case .serving(let context) = state else { return 0 }
    let dropped = queue.append(sequence: sequence, bytes)
    if dropped > 0 { startStuckTimer(context) }
    drain(context)
    return dropped
  }

  /// Sends a sign of life unless lines are waiting: those say more.
  func sendHeartbeat(_ line: (_ droppedCount: UInt64) -> ByteBuffer) {
    guard case .serving(let context) = state else { return }
    guard queue.isEmpty, context.channel.isWritable else { return }
    context.writeAndFlush(wrapOutboundOut(line(queue.droppedCount)), promise: nil)
  }

  /// Says `bye` after the lines that wait, then closes.
  func leave(reason: String) {
    guard case .serving(let context) = state else { return }
    state = .leaving(context, reason: reason)
    drain(context)
  }

  /// Closes at once; what the socket has not taken is lost.
  func close() {
    switch state {
    case .serving(let context), .leaving(let context, _), .ending(let context):
      context.close(promise: nil)
    case .new, .closed: break
    }
  }

  func channelActive(context: ChannelHandlerContext) {
    guard broadcast.admit(self) else {
      state = .leaving(context, reason: "tooManyClients")
      drain(context)
      return
    }
    state = .serving(context)
    context.writeAndFlush(wrapOutboundOut(broadcast.hello()), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // Output only: nothing that a client sends means anything.
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    drain(context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    state = .closed
    stuckTimer?.cancel()
    broadcast.remove(self)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A client that went away while it was written to; nobody is left to be told.
    context.close(promise: nil)
  }

  private func drain(_ context: ChannelHandlerContext) {
    // A flush can report writability from inside itself.
    guard !isDraining else { return }
    isDraining = true
    defer { isDraining = false }
    while context.channel.isWritable, let bytes = nextBytes() {
      context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
      stuckTimer?.cancel()
      stuckTimer = nil
    }
    guard queue.isEmpty, case .leaving(_, let reason) = state else { return }
    state = .ending(context)
    let bye = ByteBuffer(bytes: StreamLines.bye(reason: reason))
    context.writeAndFlush(wrapOutboundOut(bye)).assumeIsolated().whenComplete { _ in
      context.close(promise: nil)
    }
  }

  private func nextBytes() -> ByteBuffer? {
    switch queue.next() {
    case .line(let bytes): bytes
    case .gap(let sequences): ByteBuffer(bytes: StreamLines.gap(sequences, reason: "slowClient"))
    case nil: nil
    }
  }

  /// The timer runs from the first line that was dropped until the client takes anything.
  private func startStuckTimer(_ context: ChannelHandlerContext) {
    guard stuckTimer == nil else { return }
    stuckTimer = context.eventLoop.assumeIsolated().scheduleTask(in: stuckTimeout) {
      self.broadcast.countStuck()
      self.close()
    }
  }
}
