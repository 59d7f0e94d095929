extension SpectradInterface {
  /// Every event from now on, or after the number `after`, from the store and then live without a
  /// gap; call it with `more`.
  ///
  /// The first reply is hello; each reply has exactly one member that is not null.
  package enum Subscribe: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.Subscribe"

    /// What a call gives.
    package struct Parameters: Codable, Equatable, Sendable {
      /// The last number that the client has; null for what happens from now on.
      package var after: Int?
      /// The stream that `after` belongs to; StreamChanged when it is another one now.
      package var stream: String?
      /// Only events of these scanners; null for all.
      package var scanners: [String]?
      /// Only these types: scanner, prediction, bundle, scansLost; null for all.
      ///
      /// Gaps, heartbeats and bye always come.
      package var types: [String]?
      /// Of predictions only those that end a sample.
      package var finalOnly: Bool?

      /// Makes one from its members; those that are null may be left out.
      package init(
        after: Int? = nil,
        stream: String? = nil,
        scanners: [String]? = nil,
        types: [String]? = nil,
        finalOnly: Bool? = nil
      ) {
        (self.after, self.stream, self.scanners, self.types) = (after, stream, scanners, types)
        self.finalOnly = finalOnly
      }
    }

    /// What a reply tells.
    package struct Reply: Codable, Equatable, Sendable {
      /// Where the stream stands: the first reply.
      package var hello: Hello?
      /// A scanner came, went or changed its state.
      package var scanner: ScannerEvent?
      /// The estimate after a scan, or at a sample's end.
      package var prediction: Prediction?
      /// Another bundle is in use.
      package var bundle: BundleEvent?
      /// Scans were dropped.
      package var scansLost: ScansLost?
      /// Numbers that will not come.
      package var gap: Gap?
      /// A sign of life.
      package var heartbeat: Heartbeat?
      /// The last reply.
      package var bye: Bye?

      /// Makes one from its members; those that are null may be left out.
      package init(
        hello: Hello? = nil,
        scanner: ScannerEvent? = nil,
        prediction: Prediction? = nil,
        bundle: BundleEvent? = nil,
        scansLost: ScansLost? = nil,
        gap: Gap? = nil,
        heartbeat: Heartbeat? = nil,
        bye: Bye? = nil
      ) {
        self.hello = hello
        self.scanner = scanner
        self.prediction = prediction
        self.bundle = bundle
        (self.scansLost, self.gap, self.heartbeat, self.bye) = (scansLost, gap, heartbeat, bye)
      }
    }
  }
}
