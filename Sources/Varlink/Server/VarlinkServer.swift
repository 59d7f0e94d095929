package import LocalSockets
package import NIOCore
import NIOPosix
import Synchronization

/// The Varlink socket: takes calls and hands them to a service.
///
/// One event loop, which may be shared, owns the connections; answers are made in tasks. To be
/// started once and shut down once.
package final class VarlinkServer: Sendable {
  private enum State: ~Copyable {
    case idle
    case listening(any Channel, ListeningSocket)
    case stopped
  }

  private let settings: VarlinkSettings
  private let loop: any EventLoop
  private let clients: NIOLoopBoundBox<VarlinkClients>
  private let tally = VarlinkTally()
  private let state = Mutex(State.idle)

  /// Makes a server that does not listen yet.
  package init(eventLoop: any EventLoop, settings: VarlinkSettings, service: any VarlinkService) {
    (loop, self.settings) = (eventLoop, settings)
    clients = .makeBoxSendingValue(
      VarlinkClients(settings: settings, service: service, tally: tally, loop: eventLoop),
      eventLoop: eventLoop
    )
  }

  /// Begins to accept clients.
  ///
  /// After an error the server can only be shut down.
  package func start(on place: ListeningPlace) async throws(LocalSocketError) {
    let socket = try ListeningSocket.open(place)
    let channel = try await listen(on: socket.descriptor, path: place.path)
    var next = State.listening(channel, socket)
    state.withLock { swap(&$0, &next) }
  }

  /// Takes no more clients and calls, gives answers under way a bounded time to end, and removes
  /// the socket's file if the server made it.
  package func shutdown() async {
    var previous = State.stopped
    state.withLock { swap(&$0, &previous) }
    switch consume previous {
    case .stopped: return
    case .idle: break
    case .listening(let channel, let socket):
      socket.remove()
      // An error means that what is to be closed is closed already.
      try? await channel.close().get()
    }
    try? await loop.flatSubmit { [clients] in clients.value.shutDown() }.get()
  }

  /// What has been counted so far; any thread may ask.
  package var counters: VarlinkCounters { tally.counters.withLock { $0 } }

  private func listen(
    on descriptor: CInt,
    path: String
  ) async throws(LocalSocketError) -> any Channel {
    let clients = clients
    let bootstrap = ServerBootstrap(group: loop)
      .serverChannelOption(.backlog, value: 128)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          // When descriptors run out, accepting waits a little instead of failing all the time.
          try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler())
        }
      }
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.writeBufferWaterMark, value: .init(low: 16 << 10, high: 64 << 10))
      // Small pieces, one at a time, so that no client takes the loop.
      .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 8_192))
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let client = VarlinkConnection(clients: clients.value)
          try channel.pipeline.syncOperations.addHandler(client)
        }
      }
    do {
      return try await bootstrap.withBoundSocket(descriptor).get()
    } catch {
      throw .listening(path: path, reason: String(describing: error))
    }
  }
}
