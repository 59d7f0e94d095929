/// The predictions' socket: numbers what happens and tells it to every client.
package final class PredictionServer: Sendable {
  /// Makes a server that does not listen yet; events published before `start` change `hello` only.
  package init(settings: PublishingSettings, bundle: BundleReport?) {}

  /// Binds the socket and begins to accept clients.
  package func start() async throws(PublishingError) {}

  /// Numbers the events and queues their lines for every client; returns when that is done.
  ///
  /// Blocks the calling thread for as long as the event loop needs; never waits for a client. Not
  /// to be called on an event loop. After `shutdown` it does nothing.
  package func publish(_ events: [StreamEvent]) {}

  /// Says `bye`, gives clients a bounded time to take their lines and removes the socket.
  package func shutdown() async {}

  /// What has been counted so far; any thread may ask.
  package var counters: PublishingCounters { PublishingCounters() }
}
