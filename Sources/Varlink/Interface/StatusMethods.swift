extension SpectradInterface {
  /// How the daemon is.
  package enum GetStatus: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.GetStatus"

    /// What a call gives.
    package typealias Parameters = NoMembers

    /// What a reply tells.
    package struct Reply: Codable, Equatable, Sendable {
      /// Everything that can be said about it now.
      package var status: Status

      /// Makes one from its members.
      package init(status: Status) {
        self.status = status
      }
    }
  }

  /// Everything that is counted.
  package enum GetMetrics: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.GetMetrics"

    /// What a call gives.
    package typealias Parameters = NoMembers

    /// What a reply tells.
    package struct Reply: Codable, Equatable, Sendable {
      /// The counters and the histograms.
      package var metrics: Metrics

      /// Makes one from its members.
      package init(metrics: Metrics) {
        self.metrics = metrics
      }
    }
  }

  /// Every scanner that is known.
  package enum ListScanners: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.ListScanners"

    /// What a call gives.
    package typealias Parameters = NoMembers

    /// What a reply tells.
    package struct Reply: Codable, Equatable, Sendable {
      /// In the order in which they were first seen.
      package var scanners: [Scanner]

      /// Makes one from its members.
      package init(scanners: [Scanner]) {
        self.scanners = scanners
      }
    }
  }
}
