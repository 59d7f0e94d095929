import NIOCore
import NIOPosix

/// One client: reads its calls one by one and writes the replies as fast as it takes them.
///
/// Lives on the event loop; each call is read and answered in a task of its own, so that nothing
/// that a client sends keeps the loop busy. The next call is looked at when the answer is complete
/// and the socket takes bytes, so a client that does not read its replies costs one reply.
final class VarlinkConnection: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Work {
    case idle
    case answering(VarlinkAnswer)
  }

  /// Replies are handed to the channel in pieces, so that a large one that moves counts as moving.
  private static let pieceBytes = 64 << 10

  private let clients: VarlinkClients
  private let stuckTimeout: TimeAmount
  private var context: ChannelHandlerContext?
  private var peer: PeerCredentials?
  private var refusal: (any VarlinkFailure)?
  private var framing: VarlinkFraming
  private var work = Work.idle
  /// The client sends nothing further, or it is not to be listened to any more.
  private var isInputOver = false
  /// What is written is still sent, then the connection ends.
  private var isEnding = false
  private var isReadHeld = false
  private var piecesOnTheWay = 0
  private var stuckTimer: Scheduled<Void>?
  private var refusedTimer: Scheduled<Void>?

  init(clients: VarlinkClients) {
    self.clients = clients
    stuckTimeout = TimeAmount(clients.settings.stuckClientTimeout)
    framing = VarlinkFraming(messageBytesMax: clients.settings.limits.callBytesMax)
  }

  /// Whether the client takes bytes at the moment.
  var isWritable: Bool { context?.channel.isWritable ?? false }

  /// Whether anybody can still be told anything.
  var isOpen: Bool { context != nil }

  // MARK: - The channel's events

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    peer = VarlinkConnection.credentials(of: context)
    switch clients.admit(self, from: peer) {
    case .client: break
    case .refused(let failure):
      refusal = failure
      let time = TimeAmount(clients.settings.refusedTimeout)
      refusedTimer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { self.close() }
    case .closed: close()
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isInputOver else { return }
    framing.append(unwrapInboundIn(data))
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    advance()
  }

  func read(context: ChannelHandlerContext) {
    isReadHeld = !framing.wantsBytes
    if !isReadHeld { context.read() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .inputClosed? = event as? ChannelEvent else {
      context.fireUserInboundEventTriggered(event)
      return
    }
    isInputOver = true
    advance()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    guard context.channel.isWritable else { return }
    if case .answering(let answer) = work { answer.becameWritable() }
    advance()
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.context = nil
    isInputOver = true
    stuckTimer?.cancel()
    refusedTimer?.cancel()
    switch work {
    case .answering(let answer): answer.clientHasGone()
    case .idle: if isEnding { clients.remove(self) } else { advance() }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A client that went away while it was written to; nobody is left to be told.
    context.close(promise: nil)
  }

  // MARK: - Ending

  /// Closes at once; what the socket has not taken is lost.
  func close() {
    context?.close(promise: nil)
  }

  /// Lets the answer that is under way come to its end, then closes.
  func leave() {
    isInputOver = true
    framing = VarlinkFraming(messageBytesMax: clients.settings.limits.callBytesMax)
    advance()
  }

  // MARK: - Calls

  /// Begins with the next call, or ends the connection when there will be none.
  private func advance() {
    guard case .idle = work, !isEnding else { return }
    // Without a client only calls that want no reply are left to do.
    guard context == nil || isWritable else { return }
    switch framing.next() {
    case .message(let message): begin(message)
    case .tooLong:
      clients.count { $0.clientsMalformed += 1 }
      end()
    case .incomplete:
      if isInputOver { end() }
    }
    if isReadHeld, framing.wantsBytes {
      isReadHeld = false
      context?.read()
    }
  }

  private func begin(_ message: [UInt8]) {
    guard let peer else { return end() }
    let answer = VarlinkAnswer(on: self, loop: clients.loop)
    work = .answering(answer)
    let dispatch = VarlinkDispatch(
      service: clients.service,
      settings: clients.settings,
      refusal: refusal,
      answer: NIOLoopBound(answer, eventLoop: clients.loop)
    )
    answer.begin { await dispatch.run(message, from: peer) }
  }

  /// What was read is a call.
  func noteCall() {
    clients.count { $0.calls += 1 }
  }

  /// The task of the answer has ended.
  func finished(_ outcome: VarlinkAnswer.Outcome) {
    work = .idle
    switch outcome {
    case .answered: break
    case .failed: clients.count { $0.answersFailed += 1 }
    case .malformed: clients.count { $0.clientsMalformed += 1 }
    }
    if case .answered = outcome, refusal == nil { advance() } else { end() }
  }

  /// Ends the connection when what is written has been sent.
  private func end() {
    isInputOver = true
    isEnding = true
    guard let context else { return clients.remove(self) }
    if piecesOnTheWay == 0 { context.close(promise: nil) }
  }
}

extension VarlinkConnection {
  // MARK: - Replies

  /// Writes a reply, which waits for `flush`; false when the client has gone.
  func write(_ message: ByteBuffer) -> Bool {
    guard let context else { return false }
    var rest = message
    while let piece = rest.readSlice(
      length: min(rest.readableBytes, VarlinkConnection.pieceBytes)
    ), piece.readableBytes > 0 {
      piecesOnTheWay += 1
      context.write(wrapOutboundOut(piece)).assumeIsolated().whenComplete { _ in
        self.pieceWasTaken()
      }
    }
    return true
  }

  /// Hands everything that was written to the system.
  func flush() {
    guard let context, piecesOnTheWay > 0 else { return }
    startStuckTimer(context)
    context.flush()
  }

  private func pieceWasTaken() {
    piecesOnTheWay -= 1
    stuckTimer?.cancel()
    stuckTimer = nil
    guard let context else { return }
    if piecesOnTheWay > 0 {
      startStuckTimer(context)
    } else if isEnding {
      context.close(promise: nil)
    }
  }

  /// The timer runs while anything is on its way, anew from each piece that is taken.
  private func startStuckTimer(_ context: ChannelHandlerContext) {
    guard stuckTimer == nil else { return }
    stuckTimer = context.eventLoop.assumeIsolated().scheduleTask(in: stuckTimeout) {
      self.clients.count { $0.clientsStuck += 1 }
      self.close()
    }
  }

  private static func credentials(of context: ChannelHandlerContext) -> PeerCredentials? {
    let found = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(
      of: NIOBSDSocket.Handle.self
    ) { descriptor in
      PeerCredentials(ofSocket: descriptor)
    }
    return found ?? nil
  }
}
