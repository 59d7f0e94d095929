import Glibc
import NIOCore
import Spectra
import Synchronization

/// The stream and its clients; lives on the event loop.
final class Broadcast {
  private var stream: PredictionStream
  private var clients: [ClientConnection] = []
  private let settings: PublishingSettings
  private let tally: PublishingTally
  private let loop: any EventLoop
  private var heartbeat: Scheduled<Void>?
  /// Fulfilled when the last client has gone; set when the server shuts down.
  private var whenEmpty: EventLoopPromise<Void>?

  init(
    settings: PublishingSettings,
    bundle: BundleReport?,
    tally: PublishingTally,
    loop: any EventLoop
  ) {
    stream = PredictionStream(bundle: bundle)
    (self.settings, self.tally, self.loop) = (settings, tally, loop)
  }

  /// Numbers the events and queues their lines for every client.
  func publish(_ events: [StreamEvent]) {
    for event in events {
      // Its own time for each: a line waits for those that the batch puts before it.
      let line = stream.number(event, monotonicNanoseconds: Broadcast.monotonicNanoseconds())
      let bytes = ByteBuffer(bytes: line.bytes)
      var dropped = 0
      for client in clients { dropped += client.send(sequence: line.sequence, bytes) }
      tally.counters.withLock { counters in
        counters.linesPublished += 1
        counters.linesDropped += UInt64(dropped)
        counters.linesTooLong = stream.linesTooLongCount
      }
    }
  }

  /// The line that a client that has just come reads first.
  func hello() -> ByteBuffer {
    ByteBuffer(bytes: StreamLines.hello(stream, daemon: settings.daemon))
  }

  /// Takes a client in, or returns false when there are too many or the server shuts down.
  func admit(_ client: ClientConnection) -> Bool {
    let isAdmitted = clients.count < settings.clientsMax && whenEmpty == nil
    if isAdmitted { clients.append(client) }
    tally.counters.withLock { counters in
      counters.clientsConnected = clients.count
      if isAdmitted { counters.clientsAccepted += 1 } else { counters.clientsRefused += 1 }
    }
    return isAdmitted
  }

  /// Forgets a client whose connection has ended.
  func remove(_ client: ClientConnection) {
    clients.removeAll { $0 === client }
    tally.counters.withLock { $0.clientsConnected = clients.count }
    if clients.isEmpty { whenEmpty?.succeed() }
  }

  func countStuck() {
    tally.counters.withLock { $0.clientsStuck += 1 }
  }

  /// Sends heartbeats from now on.
  func startHeartbeat() {
    heartbeat = loop.assumeIsolated().scheduleTask(in: TimeAmount(settings.heartbeatInterval)) {
      self.sendHeartbeats()
      self.startHeartbeat()
    }
  }

  /// Says `bye` to all; the future is fulfilled when all have gone or the time is up.
  func shutDown() -> EventLoopFuture<Void> {
    heartbeat?.cancel()
    let promise = loop.makePromise(of: Void.self)
    whenEmpty = promise
    let timer = loop.assumeIsolated().scheduleTask(in: TimeAmount(settings.shutdownTimeout)) {
      for client in self.clients { client.close() }
    }
    for client in clients { client.leave(reason: "shutdown") }
    if clients.isEmpty { promise.succeed() }
    promise.futureResult.whenComplete { _ in timer.cancel() }
    return promise.futureResult
  }

  private func sendHeartbeats() {
    let time = Timestamp.now()
    for client in clients {
      client.sendHeartbeat { droppedCount in
        ByteBuffer(
          bytes: StreamLines.heartbeat(
            time: time,
            nextSequence: stream.nextSequence,
            scannersReady: stream.scannersReady,
            droppedCount: droppedCount
          )
        )
      }
    }
  }

  private static func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    // SAFETY: the call writes `time` only.
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

/// The counters, written on the event loop and read anywhere.
final class PublishingTally: Sendable {
  let counters = Mutex(PublishingCounters())
}
