import NIOCore
import NIOPosix
import Synchronization

/// The predictions' socket: numbers what happens and tells it to every client.
///
/// One event loop of one thread owns the stream, its clients and their queues; everything here only
/// hands work to it. To be started once and shut down once.
package final class PredictionServer: Sendable {
  private enum State: ~Copyable {
    case idle
    case listening(any Channel, UnixSocketFile)
    case stopped

    var isStopped: Bool {
      switch self {
      case .stopped: true
      default: false
      }
    }
  }

  private let settings: PublishingSettings
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let loop: any EventLoop
  private let broadcast: NIOLoopBoundBox<Broadcast>
  private let tally = PublishingTally()
  private let state = Mutex(State.idle)

  /// Makes a server that does not listen yet; events published before `start` are numbered, but
  /// only their mark on `hello` reaches a client.
  package init(settings: PublishingSettings, bundle: BundleReport?) {
    self.settings = settings
    let loop = group.next()
    self.loop = loop
    broadcast = .makeBoxSendingValue(
      Broadcast(settings: settings, bundle: bundle, tally: tally, loop: loop),
      eventLoop: loop
    )
  }

  /// Binds the socket and begins to accept clients.
  ///
  /// After an error the server can only be shut down.
  package func start() async throws(PublishingError) {
    let file = try UnixSocketFile(bindingTo: settings.socketPath, mode: settings.socketMode)
    let (broadcast, settings) = (broadcast, settings)
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 128)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.writeBufferWaterMark, value: .init(low: 16 << 10, high: 64 << 10))
      // What clients send is thrown away: small pieces, one at a time, so that none takes the loop.
      .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 4_096))
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let client = ClientConnection(broadcast: broadcast.value, settings: settings)
          try channel.pipeline.syncOperations.addHandler(client)
        }
      }
    let channel: any Channel
    do {
      channel = try await bootstrap.withBoundSocket(file.descriptor).get()
    } catch {
      throw .listening(path: settings.socketPath, reason: String(describing: error))
    }
    var next = State.listening(channel, file)
    state.withLock { swap(&$0, &next) }
    loop.execute { broadcast.value.startHeartbeat() }
  }

  /// Numbers the events and queues their lines for every client; returns when that is done.
  ///
  /// Blocks the calling thread for as long as the event loop needs; never waits for a client. Not
  /// to be called on an event loop. After `shutdown` it does nothing.
  package func publish(_ events: [StreamEvent]) {
    // Submitted under the lock: the loop takes tasks in order, so this one comes before the
    // shutdown's and is never given to a loop that has ended.
    let queued: EventLoopFuture<Void>? = state.withLock { state in
      if state.isStopped { return nil }
      return loop.submit { [broadcast] in broadcast.value.publish(events) }
    }
    // The task cannot fail.
    try? queued?.wait()
  }

  /// Says `bye`, gives clients a bounded time to take their lines and removes the socket.
  package func shutdown() async {
    var previous = State.stopped
    state.withLock { swap(&$0, &previous) }
    switch consume previous {
    case .stopped: return
    case .idle: break
    case .listening(let channel, let file):
      file.remove()
      // An error means that what is to be closed is closed already.
      try? await channel.close().get()
    }
    try? await loop.flatSubmit { [broadcast] in broadcast.value.shutDown() }.get()
    try? await group.shutdownGracefully()
  }

  /// What has been counted so far; any thread may ask.
  package var counters: PublishingCounters { tally.counters.withLock { $0 } }
}
