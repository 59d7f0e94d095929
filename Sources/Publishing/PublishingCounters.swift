import Synchronization

/// The socket that a client came through.
package enum ClientOrigin: CaseIterable, Sendable {
  /// The predictions' socket.
  case predictionSocket
  /// A subscription made by another part of the daemon for its own client.
  case subscription
}

/// What has been counted of one socket's clients since the start.
package struct ClientCounters: Equatable, Sendable {
  /// Clients connected now.
  package var connected: Int
  /// Clients accepted.
  package var accepted: Int
  /// Clients refused because there were too many.
  package var refused: Int
  /// Clients disconnected because they took nothing for too long.
  package var stuck: Int
  /// Lines that slow clients did not get, summed over all clients.
  package var dropped: Int

  /// Makes counters from all their parts.
  package init(
    connected: Int = 0,
    accepted: Int = 0,
    refused: Int = 0,
    stuck: Int = 0,
    dropped: Int = 0
  ) {
    (self.connected, self.accepted, self.refused) = (connected, accepted, refused)
    (self.stuck, self.dropped) = (stuck, dropped)
  }
}

/// What has been counted of the stream since the start.
package struct PublishingCounters: Equatable, Sendable {
  /// The clients of the predictions' socket.
  package var predictionClients = ClientCounters()
  /// The clients that subscribed in another way.
  package var subscribers = ClientCounters()
  /// Lines longer than `Limits.lineBytes`, each replaced by a gap of one number.
  package var linesTooLong = 0
  /// Lines published, each counted once however many clients read it.
  package var linesPublished = 0

  /// The counters of one socket's clients.
  package subscript(origin: ClientOrigin) -> ClientCounters {
    get {
      switch origin {
      case .predictionSocket: predictionClients
      case .subscription: subscribers
      }
    }
    set {
      switch origin {
      case .predictionSocket: predictionClients = newValue
      case .subscription: subscribers = newValue
      }
    }
  }
}

/// The counters, written on the event loop and read anywhere.
final class PublishingTally: Sendable {
  /// One number for each socket.
  struct PerOrigin {
    private var predictionSocket = 0
    private var subscription = 0

    subscript(origin: ClientOrigin) -> Int {
      get {
        switch origin {
        case .predictionSocket: predictionSocket
        case .subscription: subscription
        }
      }
      set {
        switch origin {
        case .predictionSocket: predictionSocket = newValue
        case .subscription: subscription = newValue
        }
      }
    }
  }

  private let counters = Mutex(PublishingCounters())

  var current: PublishingCounters { counters.withLock { $0 } }

  func notePublished(count: Int, tooLong: Int, dropped: PerOrigin) {
    counters.withLock { counters in
      counters.linesPublished += count
      counters.linesTooLong = tooLong
      for origin in ClientOrigin.allCases { counters[origin].dropped += dropped[origin] }
    }
  }

  func noteAccepted(_ origin: ClientOrigin, connected: Int) {
    counters.withLock { counters in
      counters[origin].accepted += 1
      counters[origin].connected = connected
    }
  }

  func noteRefused(_ origin: ClientOrigin) {
    counters.withLock { $0[origin].refused += 1 }
  }

  func noteConnected(_ origin: ClientOrigin, _ count: Int) {
    counters.withLock { $0[origin].connected = count }
  }

  func noteStuck(_ origin: ClientOrigin) {
    counters.withLock { $0[origin].stuck += 1 }
  }
}
