extension SpectradInterface {
  /// How the daemon is.
  package struct Status: Codable, Equatable, Sendable {
    /// The program and its version.
    package var daemon: String
    /// When it started.
    package var started: String
    /// One line for people: what it does now, or what is wrong.
    package var summary: String
    /// continuous or onRequest.
    package var mode: String
    /// The stream's identity.
    package var stream: String
    /// The oldest number that can be asked for.
    package var oldest: Int
    /// The number that the next event gets.
    package var next: Int
    /// The bundle in use; null when none is selected.
    package var bundle: Bundle?
    /// Whether the bundle is for demonstration only.
    package var demonstration: Bool
    /// Every scanner that is known.
    package var scanners: [Scanner]
    /// The store.
    package var store: StoreStatus
    /// The socket of predictions.
    package var predictionClients: ClientCounters
    /// This socket.
    package var controlClients: ClientCounters

    /// Makes one from its members; those that are null may be left out.
    package init(
      daemon: String,
      started: String,
      summary: String,
      mode: String,
      stream: String,
      oldest: Int,
      next: Int,
      bundle: Bundle? = nil,
      demonstration: Bool,
      scanners: [Scanner],
      store: StoreStatus,
      predictionClients: ClientCounters,
      controlClients: ClientCounters
    ) {
      (self.daemon, self.started, self.summary, self.mode) = (daemon, started, summary, mode)
      (self.stream, self.oldest, self.next, self.bundle) = (stream, oldest, next, bundle)
      self.demonstration = demonstration
      self.scanners = scanners
      self.store = store
      self.predictionClients = predictionClients
      self.controlClients = controlClients
    }
  }

  /// How the store is.
  package struct StoreStatus: Codable, Equatable, Sendable {
    /// Whether events are being stored.
    package var available: Bool
    /// Why not, in words; null when they are.
    package var problem: String?
    /// Bytes on the disk.
    package var bytes: Int
    /// Scans stored.
    package var scans: Int
    /// Samples stored.
    package var samples: Int
    /// The oldest number that is stored; null when nothing is.
    package var oldest: Int?
    /// Events written since the daemon started.
    package var written: Int
    /// Events that could not be stored since the daemon started.
    package var notStored: Int
    /// Events deleted for their age or the store's size since the daemon started.
    package var expired: Int
    /// Damaged files that were set aside since the daemon started.
    package var setAside: Int

    /// Makes one from its members; those that are null may be left out.
    package init(
      available: Bool,
      problem: String? = nil,
      bytes: Int,
      scans: Int,
      samples: Int,
      oldest: Int? = nil,
      written: Int,
      notStored: Int,
      expired: Int,
      setAside: Int
    ) {
      (self.available, self.problem, self.bytes, self.scans) = (available, problem, bytes, scans)
      self.samples = samples
      self.oldest = oldest
      self.written = written
      self.notStored = notStored
      (self.expired, self.setAside) = (expired, setAside)
    }
  }

  /// What one socket has counted since the daemon started.
  package struct ClientCounters: Codable, Equatable, Sendable {
    /// Clients connected now.
    package var connected: Int
    /// Clients accepted.
    package var accepted: Int
    /// Clients refused because there were too many, or because they had no permission.
    package var refused: Int
    /// Clients disconnected because they took nothing for too long.
    package var stuck: Int
    /// Events that slow clients did not get.
    package var dropped: Int

    /// Makes one from its members.
    package init(connected: Int, accepted: Int, refused: Int, stuck: Int, dropped: Int) {
      self.connected = connected
      self.accepted = accepted
      self.refused = refused
      self.stuck = stuck
      self.dropped = dropped
    }
  }
}
