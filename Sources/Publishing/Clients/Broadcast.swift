import Glibc
import NIOCore
import Spectra

/// The stream and its clients; lives on the event loop.
final class Broadcast {
  let settings: PublishingSettings
  let loop: any EventLoop
  let entrance: LoopEntrance
  /// What was stored of the stream; nil when nothing is.
  private(set) var history: (any EventHistory)?
  private var stream: PredictionStream
  private var recent: RecentLines
  private var subscribers: [Subscriber] = []
  private let tally: PublishingTally
  private var heartbeat: Scheduled<Void>?
  /// Fulfilled when the last client has gone; set when the server shuts down.
  private var whenEmpty: EventLoopPromise<Void>?

  init(
    settings: PublishingSettings,
    stream: PredictionStream,
    history: (any EventHistory)?,
    tally: PublishingTally,
    entrance: LoopEntrance,
    loop: any EventLoop
  ) {
    (self.settings, self.stream, self.history) = (settings, stream, history)
    (self.tally, self.entrance, self.loop) = (tally, entrance, loop)
    recent = RecentLines(linesMax: settings.recentLinesMax, bytesMax: settings.recentBytesMax)
  }

  /// The last number that was given out; 0 before the first.
  var newest: UInt64 { stream.nextSequence - 1 }

  /// What can be had of the stream now.
  var reach: StreamReach {
    StreamReach(
      recent: recent,
      newest: newest,
      oldest: history == nil ? 0 : stream.oldestSequence
    )
  }

  /// Numbers the events and queues their lines for every client.
  func publish(_ events: [StreamEvent]) -> [NumberedLine] {
    var lines: [NumberedLine] = []
    lines.reserveCapacity(events.count)
    var dropped = PublishingTally.PerOrigin()
    for event in events {
      // Its own time for each: a line waits for those that the batch puts before it.
      let line = stream.number(event, monotonicNanoseconds: Broadcast.monotonicNanoseconds())
      lines.append(line)
      recent.append(line)
      for subscriber in subscribers { dropped[subscriber.origin] += subscriber.send(line) }
    }
    for subscriber in subscribers { subscriber.flush() }
    tally.notePublished(count: lines.count, tooLong: stream.linesTooLongCount, dropped: dropped)
    return lines
  }

  /// Takes a client in, says hello and begins to send what follows number `after`.
  ///
  /// Without a number, or with one that was not given out yet, it is sent what happens from now on.
  func subscribe(
    after: UInt64?,
    stream identity: String?,
    filter: SubscriptionFilter,
    origin: ClientOrigin,
    outlet: any StreamOutlet
  ) throws(SubscriptionRefusal) {
    let connected = subscribers.count { $0.origin == origin }
    guard connected < settings.clientsMax else {
      tally.noteRefused(origin)
      throw .tooManyClients(limit: settings.clientsMax)
    }
    guard whenEmpty == nil else {
      tally.noteRefused(origin)
      throw .shuttingDown
    }
    if let identity, identity != stream.identity {
      throw .streamChanged(stream: stream.identity)
    }
    let subscriber = Subscriber(
      after: min(after ?? newest, newest),
      filter: filter,
      origin: origin,
      outlet: outlet,
      broadcast: self
    )
    subscribers.append(subscriber)
    tally.noteAccepted(origin, connected: connected + 1)
    subscriber.begin(
      hello: StreamObject(.hello, StreamLines.hello(stream, daemon: settings.daemon))
    )
  }

  /// Forgets a client that has gone.
  func remove(_ subscriber: Subscriber) {
    subscribers.removeAll { $0 === subscriber }
    let origin = subscriber.origin
    tally.noteConnected(origin, subscribers.count { $0.origin == origin })
    if subscribers.isEmpty { whenEmpty?.succeed() }
  }

  func countStuck(_ subscriber: Subscriber) {
    tally.noteStuck(subscriber.origin)
  }

  /// Counts in another stream from now on; every client is said `bye` and may come again.
  func changeStream(to numbers: any EventNumbers, history: (any EventHistory)?) {
    for subscriber in subscribers { subscriber.leave(.streamChanged) }
    stream.change(to: numbers)
    self.history = history
    recent.removeAll()
  }

  /// Sends no client the lines of a deleted sample from here on.
  func forget(sampleId: String) {
    recent.forget(sampleId: sampleId)
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
    if let whenEmpty { return whenEmpty.futureResult }
    heartbeat?.cancel()
    let promise = loop.makePromise(of: Void.self)
    whenEmpty = promise
    let timer = loop.assumeIsolated().scheduleTask(in: TimeAmount(settings.shutdownTimeout)) {
      for subscriber in self.subscribers { subscriber.leaveAtOnce(.stuck) }
    }
    for subscriber in subscribers { subscriber.leave(.shutdown) }
    if subscribers.isEmpty { promise.succeed() }
    promise.futureResult.whenComplete { _ in timer.cancel() }
    return promise.futureResult
  }

  private func sendHeartbeats() {
    let time = Timestamp.now()
    for subscriber in subscribers {
      subscriber.sendHeartbeat { next, droppedCount in
        StreamObject(
          .heartbeat,
          StreamLines.heartbeat(
            time: time,
            nextSequence: next,
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
