import NIOCore

/// The answer that is under way on a connection; lives on the event loop.
final class VarlinkAnswer {
  /// How an answer ended.
  enum Outcome: Sendable {
    case answered
    /// By an error that is no reply.
    case failed
    /// What was read is no call.
    case malformed
  }

  private let connection: VarlinkConnection
  private let loop: any EventLoop
  private var task: Task<Void, Never>?
  /// Whether the call wants no reply; nil until it was read.
  private var isOneway: Bool?
  private var stream: VarlinkReplyStream?
  /// Those that wait for the client to take bytes.
  private var waiting: [EventLoopPromise<Void>] = []

  init(on connection: VarlinkConnection, loop: any EventLoop) {
    (self.connection, self.loop) = (connection, loop)
  }

  /// Starts the task that reads the call and answers it.
  func begin(_ run: @escaping @Sendable () async -> Outcome) {
    let bound = NIOLoopBound(connection, eventLoop: loop)
    task = Task { [loop] in
      let outcome = await run()
      loop.execute { bound.value.finished(outcome) }
    }
  }

  /// Notes what was read; false when nobody wants the call answered any more.
  func admit(isOneway: Bool) -> Bool {
    connection.noteCall()
    self.isOneway = isOneway
    return isOneway || connection.isOpen
  }

  /// Writes a reply; the future is fulfilled when the next one may follow.
  func write(_ message: ByteBuffer, isLast: Bool) -> EventLoopFuture<Void> {
    guard connection.write(message) else {
      return loop.makeFailedFuture(VarlinkReplyError.clientHasGone)
    }
    connection.flush()
    if isLast || connection.isWritable { return loop.makeSucceededVoidFuture() }
    let promise = loop.makePromise(of: Void.self)
    waiting.append(promise)
    return promise.futureResult
  }

  /// Hands the replies to the event loop; the future is fulfilled when the last one is written or
  /// the client has gone.
  func open(_ begin: (VarlinkReplyStream) -> Void) -> EventLoopFuture<Void> {
    guard connection.isOpen else { return loop.makeSucceededVoidFuture() }
    let promise = loop.makePromise(of: Void.self)
    let stream = VarlinkReplyStream(on: connection, whenOver: promise)
    self.stream = stream
    begin(stream)
    return promise.futureResult
  }

  func becameWritable() {
    let ready = waiting
    waiting = []
    for promise in ready { promise.succeed() }
    stream?.becameWritable()
  }

  func clientHasGone() {
    let lost = waiting
    waiting = []
    for promise in lost { promise.fail(VarlinkReplyError.clientHasGone) }
    stream?.clientHasGone()
    // What wants no reply is done even if nobody is there; what was not read yet is asked later.
    if isOneway == false { task?.cancel() }
  }
}
