extension SpectradInterface {
  /// A scanner came, went or changed its state.
  package struct ScannerEvent: Codable, Equatable, Sendable {
    /// Always scanner.
    package private(set) var type = "scanner"
    /// The number of this event in its stream.
    package var seq: Int
    /// When the state was entered.
    package var time: String
    /// The scanner's name.
    package var scanner: String
    /// connecting, ready or disconnected.
    package var state: String
    /// Why; null when there is nothing to explain.
    package var reason: String?
    /// The model; null until it was identified.
    package var model: String?
    /// The controller's firmware; null until it was identified.
    package var firmware: String?

    /// Makes one from its members; those that are null may be left out.
    package init(
      seq: Int,
      time: String,
      scanner: String,
      state: String,
      reason: String? = nil,
      model: String? = nil,
      firmware: String? = nil
    ) {
      (self.seq, self.time, self.scanner, self.state) = (seq, time, scanner, state)
      (self.reason, self.model, self.firmware) = (reason, model, firmware)
    }
  }

  /// Another bundle is in use from now on.
  package struct BundleEvent: Codable, Equatable, Sendable {
    /// Always bundle.
    package private(set) var type = "bundle"
    /// The number of this event in its stream.
    package var seq: Int
    /// When it took effect.
    package var time: String
    /// The bundle's name.
    package var name: String
    /// The bundle's version.
    package var version: String
    /// SHA-256 of bundle.json.
    package var sha256: String

    /// Makes one from its members.
    package init(seq: Int, time: String, name: String, version: String, sha256: String) {
      (self.seq, self.time, self.name, self.version) = (seq, time, name, version)
      self.sha256 = sha256
    }
  }

  /// Scans were dropped before they were answered.
  package struct ScansLost: Codable, Equatable, Sendable {
    /// Always scansLost.
    package private(set) var type = "scansLost"
    /// The number of this event in its stream.
    package var seq: Int
    /// When the loss was noticed.
    package var time: String
    /// The scanner's name.
    package var scanner: String
    /// How many.
    package var count: Int
    /// Why: ringFull.
    package var reason: String

    /// Makes one from its members.
    package init(seq: Int, time: String, scanner: String, count: Int, reason: String) {
      (self.seq, self.time, self.scanner, self.count) = (seq, time, scanner, count)
      self.reason = reason
    }
  }

  /// Numbers that this client will not receive.
  package struct Gap: Codable, Equatable, Sendable {
    /// Always gap.
    package private(set) var type = "gap"
    /// The first of them.
    package var from: Int
    /// The last of them.
    package var to: Int
    /// slowClient (this client's queue was full), lineTooLong, crash (never committed), notStored
    /// (the store could not take them), expired (deleted for their age or the store's size),
    /// deleted (their sample was deleted).
    package var reason: String

    /// Makes one from its members.
    package init(from: Int, to: Int, reason: String) {
      (self.from, self.to, self.reason) = (from, to, reason)
    }
  }

  /// A sign of life, at least every 20 s when nothing else is sent.
  package struct Heartbeat: Codable, Equatable, Sendable {
    /// Always heartbeat.
    package private(set) var type = "heartbeat"
    /// The daemon's time.
    package var time: String
    /// The number that the next event gets.
    package var next: Int
    /// How many scanners are ready.
    package var scanners: Int
    /// How many events this client has lost since it connected.
    package var dropped: Int

    /// Makes one from its members.
    package init(time: String, next: Int, scanners: Int, dropped: Int) {
      (self.time, self.next, self.scanners, self.dropped) = (time, next, scanners, dropped)
    }
  }

  /// The last object on a connection that the daemon ends.
  package struct Bye: Codable, Equatable, Sendable {
    /// Always bye.
    package private(set) var type = "bye"
    /// shutdown, tooManyClients or streamChanged.
    package var reason: String

    /// Makes one from its members.
    package init(reason: String) {
      self.reason = reason
    }
  }
}
