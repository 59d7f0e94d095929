import NIOCore
import Publishing
import Varlink

/// The way from the stream to one Varlink subscription: each object becomes a reply.
///
/// Lives on the event loop that both sockets share.
final class SubscriptionOutlet: StreamOutlet {
  private let replies: VarlinkReplyStream
  private var subscription: Subscription?

  init(_ replies: VarlinkReplyStream) { self.replies = replies }

  func begin(_ subscription: Subscription) {
    self.subscription = subscription
    replies.onWritable = { subscription.outletBecameWritable() }
    replies.onClose = { subscription.outletClosed() }
  }

  var isWritable: Bool { replies.isWritable }

  func write(_ object: StreamObject) {
    replies.write(object.kind.rawValue, json: object.json)
  }

  func flush() { replies.flush() }

  func end(_ end: SubscriptionEnd) {
    switch end {
    case .bye(let object, _):
      replies.end(object.kind.rawValue, json: object.json)
      // The connection stays for other calls: for the stream the client has gone.
      subscription?.outletClosed()
    case .historyFailed(let words):
      replies.end(failing: SpectradFailure.storeUnavailable(explanation: words))
    case .stuck: replies.close()
    }
  }
}

extension StreamObject {
  /// The object without the newline that ends its line.
  fileprivate var json: ByteBuffer {
    line.getSlice(at: line.readerIndex, length: line.readableBytes - 1) ?? line
  }
}
