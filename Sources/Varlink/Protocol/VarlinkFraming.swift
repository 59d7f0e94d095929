package import NIOCore

/// Cuts what a connection sends into messages, each of which ends with NUL.
package struct VarlinkFraming {
  /// What the bytes so far hold.
  package enum Next: Equatable {
    /// A message without its NUL.
    case message([UInt8])
    /// The NUL has not come yet.
    case incomplete
    /// More bytes have come without a NUL than a message may have.
    case tooLong
  }

  private let messageBytesMax: Int
  private var buffer = ByteBuffer()
  /// How many of the buffer's first bytes are known to hold no NUL.
  private var searchedCount = 0

  /// Makes one for messages of at most so many bytes, their NUL not counted.
  package init(messageBytesMax: Int) {
    precondition(messageBytesMax > 0, "a message has at least one byte")
    self.messageBytesMax = messageBytesMax
  }

  /// Whether so little waits that more may be read.
  package var wantsBytes: Bool { buffer.readableBytes <= messageBytesMax }

  /// Adds bytes as they were received.
  package mutating func append(_ bytes: ByteBuffer) {
    buffer.writeImmutableBuffer(bytes)
  }

  /// Takes the oldest message.
  package mutating func next() -> Next {
    let view = buffer.readableBytesView
    guard let end = view.dropFirst(searchedCount).firstIndex(of: 0) else {
      searchedCount = view.count
      return view.count > messageBytesMax ? .tooLong : .incomplete
    }
    searchedCount = 0
    let count = end - view.startIndex
    guard count <= messageBytesMax, let message = buffer.readBytes(length: count) else {
      return .tooLong
    }
    buffer.moveReaderIndex(forwardBy: 1)
    buffer.discardReadBytes()
    return .message(message)
  }
}
