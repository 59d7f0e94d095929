package import NIOCore

/// The replies to one call, written from the event loop as events come; lives there.
///
/// For subscriptions: whoever has events asks `isWritable` before each one and goes on when
/// `onWritable` is called. Writing in spite of it is possible and costs memory.
package final class VarlinkReplyStream {
  /// Called when the client takes bytes again.
  package var onWritable: () -> Void = {}
  /// Called once if the client goes before the last reply.
  package var onClose: () -> Void = {}

  private let connection: VarlinkConnection
  /// Nil when the last reply is written or the client has gone.
  private var whenOver: EventLoopPromise<Void>?

  init(on connection: VarlinkConnection, whenOver: EventLoopPromise<Void>) {
    (self.connection, self.whenOver) = (connection, whenOver)
  }

  /// Whether the client takes bytes at the moment; false when it has gone.
  package var isWritable: Bool { whenOver != nil && connection.isWritable }

  /// Writes a reply with one member, whose value is JSON already, and more to follow; it waits for
  /// `flush`.
  package func write(_ member: String, json: ByteBuffer) {
    guard whenOver != nil else { return }
    _ = connection.write(VarlinkMessage.reply(member: member, json: json, continues: true))
  }

  /// Hands everything that was written to the system.
  package func flush() {
    if whenOver != nil { connection.flush() }
  }

  /// Ends the connection at once, also behind the last reply; what the client has not taken is lost.
  package func close() {
    connection.close()
  }

  /// Writes the last reply: one with one member.
  package func end(_ member: String, json: ByteBuffer) {
    end(VarlinkMessage.reply(member: member, json: json, continues: false))
  }

  /// Writes the last reply: an error.
  package func end(failing failure: any VarlinkFailure) {
    end(VarlinkMessage.failure(failure))
  }

  func becameWritable() {
    if whenOver != nil { onWritable() }
  }

  func clientHasGone() {
    guard whenOver != nil else { return }
    let onClose = onClose
    finish()
    onClose()
  }

  private func end(_ message: ByteBuffer) {
    guard whenOver != nil else { return }
    if connection.write(message) { connection.flush() }
    finish()
  }

  private func finish() {
    whenOver?.succeed()
    whenOver = nil
    // They hold whoever holds this.
    onWritable = {}
    onClose = {}
  }
}
