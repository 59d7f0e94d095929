import NIOCore
import Synchronization

/// Why a reply reaches nobody.
package enum VarlinkReplyError: Error, Equatable, CustomStringConvertible {
  /// The client has closed its connection.
  case clientHasGone

  /// What happened.
  package var description: String { "the client has gone" }
}

/// Where the answer to one call goes.
///
/// A call that wants no reply takes what is sent and throws it away.
package final class VarlinkReplies: Sendable {
  private let call: VarlinkCall
  private let answer: NIOLoopBound<VarlinkAnswer>
  private let loop: any EventLoop
  private let hasLast = Mutex(false)

  init(to call: VarlinkCall, through answer: NIOLoopBound<VarlinkAnswer>) {
    (self.call, self.answer, loop) = (call, answer, answer.eventLoop)
  }

  /// Sends a reply and waits until the client takes bytes again.
  ///
  /// With `continues` another reply follows; if the client did not ask for `more`, nothing is sent
  /// and `expectedMore` is thrown.
  package func send<Method: VarlinkMethod>(
    _ reply: Method.Reply,
    to _: Method.Type,
    continues: Bool = false
  ) async throws {
    try await send(parameters: VarlinkMessage.encode(reply), continues: continues)
  }

  /// Sends a reply whose parameters are a JSON object already.
  package func send(parameters: [UInt8], continues: Bool = false) async throws {
    if continues, !call.wantsMore { throw VarlinkServiceError.expectedMore }
    if call.isOneway { return }
    try await write(VarlinkMessage.reply(parameters, continues: continues), isLast: !continues)
  }

  /// Lets `begin` write replies from the event loop, and waits for the last one.
  ///
  /// Returns also when the client goes before it.
  package func stream(_ begin: @escaping @Sendable (VarlinkReplyStream) -> Void) async throws {
    guard call.wantsMore, !call.isOneway else { throw VarlinkServiceError.expectedMore }
    noteLast()
    try await loop.flatSubmit { [answer] in answer.value.open(begin) }.get()
  }

  /// Sends an error as the last reply, unless there was a last one.
  func fail(_ failure: any VarlinkFailure) async throws {
    guard !call.isOneway, !hasLast.withLock({ $0 }) else { return }
    try await write(VarlinkMessage.failure(failure), isLast: true)
  }

  /// Sends a last reply without members, unless there was a last one.
  func finish() async throws {
    guard !call.isOneway, !hasLast.withLock({ $0 }) else { return }
    try await write(VarlinkMessage.reply(Array("{}".utf8), continues: false), isLast: true)
  }

  private func write(_ message: ByteBuffer, isLast: Bool) async throws {
    if isLast { noteLast() }
    try await loop.flatSubmit { [answer] in
      answer.value.write(message, isLast: isLast)
    }.get()
  }

  private func noteLast() {
    hasLast.withLock { hasLast in
      precondition(!hasLast, "an answer has one last reply")
      hasLast = true
    }
  }
}
