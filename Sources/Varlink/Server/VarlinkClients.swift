import NIOCore
import Synchronization

/// The connections of a server; lives on the event loop.
final class VarlinkClients {
  /// What a connection may do.
  enum Admission {
    case client
    /// Its calls are answered with this.
    case refused(any VarlinkFailure)
    /// Too many refused peers are waiting already.
    case closed
  }

  private enum State {
    case serving
    /// The promise is fulfilled when the last connection has gone.
    case leaving(EventLoopPromise<Void>)
    case ended
  }

  let settings: VarlinkSettings
  let service: any VarlinkService
  let tally: VarlinkTally
  let loop: any EventLoop
  private var clients: [VarlinkConnection] = []
  private var refused: [VarlinkConnection] = []
  private var state = State.serving

  init(
    settings: VarlinkSettings,
    service: any VarlinkService,
    tally: VarlinkTally,
    loop: any EventLoop
  ) {
    (self.settings, self.service, self.tally, self.loop) = (settings, service, tally, loop)
  }

  /// Takes a connection in; `peer` is nil when the kernel did not tell who it is.
  func admit(_ connection: VarlinkConnection, from peer: PeerCredentials?) -> Admission {
    guard case .serving = state else { return .closed }
    let failure = refusal(of: peer)
    if failure == nil, clients.count < settings.clientsMax {
      clients.append(connection)
      count {
        $0.clientsConnected += 1
        $0.clientsAccepted += 1
      }
      return .client
    }
    count { $0.clientsRefused += 1 }
    guard refused.count < settings.refusedMax else { return .closed }
    refused.append(connection)
    let tooMany = SpectradFailure.limitReached(what: "clients", limit: settings.clientsMax)
    return .refused(failure ?? tooMany)
  }

  /// Forgets a connection that has ended and has no answer under way.
  func remove(_ connection: VarlinkConnection) {
    clients.removeAll { $0 === connection }
    refused.removeAll { $0 === connection }
    let connected = clients.count
    count { $0.clientsConnected = connected }
    endIfEmpty()
  }

  /// Adds to the counters.
  func count(_ change: (inout VarlinkCounters) -> Void) {
    tally.counters.withLock { change(&$0) }
  }

  /// Lets answers that are under way come to their end; the future is fulfilled when all
  /// connections have gone or the time is up twice: once for the answers, once for their tasks.
  func shutDown() -> EventLoopFuture<Void> {
    let promise = loop.makePromise(of: Void.self)
    state = .leaving(promise)
    let time = TimeAmount(settings.shutdownTimeout)
    let closing = loop.assumeIsolated().scheduleTask(in: time) {
      for connection in self.clients + self.refused { connection.close() }
    }
    let ending = loop.assumeIsolated().scheduleTask(in: time + time) {
      self.clients = []
      self.refused = []
      self.endIfEmpty()
    }
    promise.futureResult.whenComplete { _ in
      closing.cancel()
      ending.cancel()
    }
    for connection in clients + refused { connection.leave() }
    endIfEmpty()
    return promise.futureResult
  }

  private func refusal(of peer: PeerCredentials?) -> (any VarlinkFailure)? {
    guard let peer else { return VarlinkServiceError.permissionDenied }
    return service.refusal(of: peer)
  }

  private func endIfEmpty() {
    guard clients.isEmpty, refused.isEmpty, case .leaving(let promise) = state else { return }
    state = .ended
    promise.succeed()
  }
}

/// The counters, written on the event loop and read anywhere.
final class VarlinkTally: Sendable {
  let counters = Mutex(VarlinkCounters())
}
