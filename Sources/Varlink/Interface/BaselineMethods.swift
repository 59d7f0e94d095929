extension SpectradInterface {
  /// The baseline of a standard; NoBaseline when there is none.
  package enum GetBaseline: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.GetBaseline"

    /// What a call gives.
    package struct Parameters: Codable, Equatable, Sendable {
      /// The scanner's name.
      package var scanner: String
      /// The standard's name, such as white.
      package var standard: String

      /// Makes one from its members.
      package init(scanner: String, standard: String) {
        (self.scanner, self.standard) = (scanner, standard)
      }
    }

    /// What a reply tells.
    package struct Reply: Codable, Equatable, Sendable {
      /// What was kept by SetBaseline.
      package var baseline: Baseline

      /// Makes one from its members.
      package init(baseline: Baseline) {
        self.baseline = baseline
      }
    }
  }

  /// Keeps what a check measured as the baseline of later checks.
  package enum SetBaseline: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.SetBaseline"

    /// What a call gives.
    package struct Parameters: Codable, Equatable, Sendable {
      /// What was measured; it takes the place of an older one of its scanner and standard.
      package var baseline: Baseline

      /// Makes one from its members.
      package init(baseline: Baseline) {
        self.baseline = baseline
      }
    }

    /// What a reply tells.
    package typealias Reply = NoMembers
  }
}
