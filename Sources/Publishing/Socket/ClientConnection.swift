import NIOCore

/// One client of the predictions' socket: writes its lines and throws away what it sends.
///
/// Lives on the event loop.
final class ClientConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let broadcast: Broadcast
  private var context: ChannelHandlerContext?
  private var subscription: Subscription?

  init(broadcast: Broadcast) { self.broadcast = broadcast }

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    do {
      try broadcast.subscribe(
        after: nil,
        stream: nil,
        filter: .all,
        origin: .predictionSocket,
        outlet: self
      )
    } catch {
      let reason: ByeReason = error == .shuttingDown ? .shutdown : .tooManyClients
      end(.bye(StreamObject(.bye, StreamLines.bye(reason: reason)), reason))
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // Output only: nothing that a client sends means anything.
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    subscription?.outletBecameWritable()
  }

  func channelInactive(context: ChannelHandlerContext) {
    subscription?.outletClosed()
    (self.context, subscription) = (nil, nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A client that went away while it was written to; nobody is left to be told.
    context.close(promise: nil)
  }
}

extension ClientConnection: StreamOutlet {
  func begin(_ subscription: Subscription) { self.subscription = subscription }

  var isWritable: Bool { context?.channel.isWritable ?? false }

  func write(_ object: StreamObject) {
    context?.write(wrapOutboundOut(object.line), promise: nil)
  }

  func flush() {
    context?.flush()
  }

  func end(_ end: SubscriptionEnd) {
    guard let context else { return }
    switch end {
    case .bye(let object, _):
      let written = context.writeAndFlush(wrapOutboundOut(object.line))
      written.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    case .historyFailed, .stuck:
      context.close(promise: nil)
    }
  }
}
