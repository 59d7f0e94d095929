import NIOCore
import Publishing
import Varlink

/// The way from the stream to one Varlink subscription: each object becomes a reply.
///
/// Lives on the event loop that both sockets share.
final class SubscriptionOutlet: StreamOutlet {
  private let replies: VarlinkReplyStream

  init(_ replies: VarlinkReplyStream) { self.replies = replies }

  func begin(_ subscription: Subscription) {
    replies.onWritable = { subscription.outletBecameWritable() }
    replies.onClose = { subscription.outletClosed() }
  }

  var isWritable: Bool { replies.isWritable }

  func write(_ object: StreamObject) {
    replies.write(object.kind.rawValue, json: object.json)
  }

  /// Each reply is handed to the system when it is written.
  func flush() {}

  func end(_ end: SubscriptionEnd) {
    switch end {
    case .bye(let object, _): replies.end(object.kind.rawValue, json: object.json)
    case .historyFailed(let words):
      replies.end(failing: SpectradFailure.storeUnavailable(explanation: words))
    case .stuck:
      replies.end(
        failing: SpectradFailure.limitReached(what: "seconds without reading", limit: 60)
      )
    }
  }
}

extension StreamObject {
  /// The object without the newline that ends its line.
  fileprivate var json: ByteBuffer {
    line.getSlice(at: line.readerIndex, length: line.readableBytes - 1) ?? line
  }
}
