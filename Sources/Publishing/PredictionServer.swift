package import LocalSockets
package import NIOCore
import NIOPosix
import Synchronization

/// The predictions' socket: numbers what happens and tells it to every client.
///
/// One event loop of one thread owns the stream, its clients and their queues; everything here only
/// hands work to it. To be started once and shut down once.
package final class PredictionServer: Sendable {
  private enum State: ~Copyable {
    case idle
    case listening(any Channel, ListeningSocket)
    case stopped
  }

  /// The loop that everything happens on; another server may share it until `shutdown`.
  package let eventLoop: any EventLoop
  private let settings: PublishingSettings
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let broadcast: NIOLoopBoundBox<Broadcast>
  private let entrance: LoopEntrance
  private let tally = PublishingTally()
  private let state = Mutex(State.idle)

  /// Makes a server that does not listen yet; events published before `start` are numbered, but
  /// only their mark on `hello` reaches a client that does not ask for them.
  package init(
    settings: PublishingSettings,
    bundle: BundleReport?,
    numbers: any EventNumbers = UnstoredNumbers(),
    history: (any EventHistory)? = nil
  ) {
    self.settings = settings
    eventLoop = group.next()
    entrance = LoopEntrance(eventLoop)
    broadcast = .makeBoxSendingValue(
      Broadcast(
        settings: settings,
        stream: PredictionStream(numbers: numbers, bundle: bundle),
        history: history,
        tally: tally,
        entrance: entrance,
        loop: eventLoop
      ),
      eventLoop: eventLoop
    )
  }

  /// Binds the socket, or takes the inherited one, and begins to accept clients.
  ///
  /// After an error the server can only be shut down.
  package func start() async throws(LocalSocketError) {
    let socket = try ListeningSocket.open(settings.place)
    let broadcast = broadcast
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 128)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.writeBufferWaterMark, value: .init(low: 16 << 10, high: 64 << 10))
      // What clients send is thrown away: small pieces, one at a time, so that none takes the loop.
      .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 4_096))
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let client = ClientConnection(broadcast: broadcast.value)
          try channel.pipeline.syncOperations.addHandler(client)
        }
      }
    let channel: any Channel
    do {
      channel = try await bootstrap.withBoundSocket(socket.descriptor).get()
    } catch {
      throw .listening(path: settings.socketPath, reason: String(describing: error))
    }
    var next = State.listening(channel, socket)
    state.withLock { swap(&$0, &next) }
    entrance.execute { broadcast.value.startHeartbeat() }
  }

  /// Numbers the events and queues their lines for every client; returns the lines when that is
  /// done.
  ///
  /// Blocks the calling thread for as long as the event loop needs; never waits for a client. Not
  /// to be called on the event loop. After `shutdown` it does nothing.
  @discardableResult
  package func publish(_ events: [StreamEvent]) -> [NumberedLine] {
    // The task cannot fail.
    (try? entrance.submit { [broadcast] in broadcast.value.publish(events) }?.wait()) ?? []
  }

  /// Counts in another stream from now on, after saying `bye` to every client.
  ///
  /// Returns when that is done; events published later have the new stream's numbers. Not to be
  /// called on the event loop.
  package func changeStream(to numbers: any EventNumbers, history: (any EventHistory)?) {
    let change = entrance.submit { [broadcast] in
      broadcast.value.changeStream(to: numbers, history: history)
    }
    // The task cannot fail.
    try? change?.wait()
  }

  /// Sends nobody the remembered lines of a sample that was deleted, but a gap.
  package func forget(sampleId: String) {
    entrance.execute { [broadcast] in broadcast.value.forget(sampleId: sampleId) }
  }

  /// Stops listening, says `bye` to every client and gives them a bounded time to take their lines.
  ///
  /// The event loop goes on, for whoever shares it.
  package func sayGoodbye() async {
    var previous = State.stopped
    state.withLock { swap(&$0, &previous) }
    if case .listening(let channel, let socket) = consume previous {
      socket.remove()
      // An error means that what is to be closed is closed already.
      try? await channel.close().get()
    }
    let gone = entrance.submit { [broadcast] in broadcast.value.shutDown() }
    try? await gone?.get().get()
  }

  /// Says goodbye and ends the event loop.
  package func shutdown() async {
    await sayGoodbye()
    entrance.close()
    try? await group.shutdownGracefully()
  }

  /// What has been counted so far; any thread may ask.
  package var counters: PublishingCounters { tally.current }
}

extension PredictionServer {
  /// Sends `outlet` the hello and what follows number `after`: from the history, from what is
  /// remembered, then as it happens; nil means from now on.
  ///
  /// Each number that passes `filter` comes once, in order, or lies in a gap. To be called on the
  /// event loop, which is the only place where `outlet` is used. `stream` is the one that `after`
  /// belongs to; nil if the caller does not mind.
  package func subscribe(
    after: UInt64?,
    stream: String? = nil,
    filter: SubscriptionFilter,
    outlet: any StreamOutlet
  ) throws(SubscriptionRefusal) {
    try broadcast.value.subscribe(
      after: after,
      stream: stream,
      filter: filter,
      origin: .subscription,
      outlet: outlet
    )
  }

  /// As `subscribe`, from anywhere: the outlet is made on the event loop and stays there.
  package func subscribe(
    after: UInt64?,
    stream: String? = nil,
    filter: SubscriptionFilter,
    makingOutlet makeOutlet: @escaping @Sendable () -> any StreamOutlet
  ) async throws(SubscriptionRefusal) {
    let answer = entrance.submit { () -> Result<Void, SubscriptionRefusal> in
      Result { () throws(SubscriptionRefusal) in
        try self.subscribe(after: after, stream: stream, filter: filter, outlet: makeOutlet())
      }
    }
    guard let result = try? await answer?.get() else { throw .shuttingDown }
    try result.get()
  }
}
