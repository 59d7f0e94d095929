extension SpectradInterface {
  /// The scan behind a prediction; NoSuchScan when none is stored.
  package enum GetScan: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.GetScan"

    /// What a call gives.
    package struct Parameters: Codable, Equatable, Sendable {
      /// The number of the prediction.
      package var seq: Int

      /// Makes one from its members.
      package init(seq: Int) {
        self.seq = seq
      }
    }

    /// What a reply tells.
    package struct Reply: Codable, Equatable, Sendable {
      /// The scan's wavelengths and its scanner.
      package var grid: Grid
      /// The scan.
      package var scan: RecordedScan
      /// What was published for it.
      package var prediction: Prediction

      /// Makes one from its members.
      package init(grid: Grid, scan: RecordedScan, prediction: Prediction) {
        (self.grid, self.scan, self.prediction) = (grid, scan, prediction)
      }
    }
  }

  /// Stored samples, the newest first.
  package enum ListSamples: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.ListSamples"

    /// What a call gives.
    package struct Parameters: Codable, Equatable, Sendable {
      /// Only of this scanner.
      package var scanner: String?
      /// Only of this display name.
      package var sample: String?
      /// Only those whose last event happened at this time or later.
      package var since: String?
      /// Only those with labels (true) or without (false).
      package var labelled: Bool?
      /// Only those older than this sample: the last of the page before.
      package var before: String?
      /// At most so many, 1 to 1000; 100 when it is null.
      package var limit: Int?

      /// Makes one from its members; those that are null may be left out.
      package init(
        scanner: String? = nil,
        sample: String? = nil,
        since: String? = nil,
        labelled: Bool? = nil,
        before: String? = nil,
        limit: Int? = nil
      ) {
        (self.scanner, self.sample, self.since, self.labelled) = (scanner, sample, since, labelled)
        (self.before, self.limit) = (before, limit)
      }
    }

    /// What a reply tells.
    package struct Reply: Codable, Equatable, Sendable {
      /// One page of them.
      package var samples: [Sample]
      /// Whether older ones follow.
      package var more: Bool

      /// Makes one from its members.
      package init(samples: [Sample], more: Bool) {
        (self.samples, self.more) = (samples, more)
      }
    }
  }

  /// One sample and the numbers of its stored scans.
  package enum GetSample: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.GetSample"

    /// What a call gives.
    package struct Parameters: Codable, Equatable, Sendable {
      /// The sample's identity.
      package var sampleId: String

      /// Makes one from its members.
      package init(sampleId: String) {
        self.sampleId = sampleId
      }
    }

    /// What a reply tells.
    package struct Reply: Codable, Equatable, Sendable {
      /// The sample.
      package var sample: Sample
      /// The numbers that GetScan takes, rising.
      package var scans: [Int]

      /// Makes one from its members.
      package init(sample: Sample, scans: [Int]) {
        (self.sample, self.scans) = (sample, scans)
      }
    }
  }

  /// The scans of a sample as they were recorded; call it with `more`.
  ///
  /// The first reply, and each one after which the wavelengths change, holds the grid; every
  /// other one holds a scan.
  package enum ReadScans: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.ReadScans"

    /// What a call gives.
    package struct Parameters: Codable, Equatable, Sendable {
      /// The sample's identity.
      package var sampleId: String

      /// Makes one from its members.
      package init(sampleId: String) {
        self.sampleId = sampleId
      }
    }

    /// What a reply tells.
    package struct Reply: Codable, Equatable, Sendable {
      /// The wavelengths of the scans that follow; null in a reply with a scan.
      package var grid: Grid?
      /// One scan; null in a reply with a grid.
      package var scan: RecordedScan?

      /// Makes one from its members; those that are null may be left out.
      package init(grid: Grid? = nil, scan: RecordedScan? = nil) {
        (self.grid, self.scan) = (grid, scan)
      }
    }
  }
}
