extension SpectradInterface {
  /// Begins a sample; one that is open ends.
  package enum BeginSample: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.BeginSample"

    /// What a call gives.
    package struct Parameters: Codable, Equatable, Sendable {
      /// The scanner's name; null for the only one.
      package var scanner: String?
      /// The display name; null for one made of the time.
      package var sample: String?

      /// Makes one from its members; those that are null may be left out.
      package init(scanner: String? = nil, sample: String? = nil) {
        (self.scanner, self.sample) = (scanner, sample)
      }
    }

    /// What a reply tells.
    package struct Reply: Codable, Equatable, Sendable {
      /// The scanner's name.
      package var scanner: String
      /// The new sample's identity.
      package var sampleId: String

      /// Makes one from its members.
      package init(scanner: String, sampleId: String) {
        (self.scanner, self.sampleId) = (scanner, sampleId)
      }
    }
  }

  /// Ends the open sample.
  package enum EndSample: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.EndSample"

    /// What a call gives.
    package struct Parameters: Codable, Equatable, Sendable {
      /// The scanner's name; null for the only one.
      package var scanner: String?

      /// Makes one from its members; those that are null may be left out.
      package init(scanner: String? = nil) {
        self.scanner = scanner
      }
    }

    /// What a reply tells.
    package struct Reply: Codable, Equatable, Sendable {
      /// The scanner's name.
      package var scanner: String
      /// The identity of the sample that ended.
      package var sampleId: String

      /// Makes one from its members.
      package init(scanner: String, sampleId: String) {
        (self.scanner, self.sampleId) = (scanner, sampleId)
      }
    }
  }

  /// Erases one sample, its scans and its predictions for good.
  package enum DeleteSample: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.DeleteSample"

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
      /// How many scans were erased.
      package var scans: Int

      /// Makes one from its members.
      package init(scans: Int) {
        self.scans = scans
      }
    }
  }

  /// Asks for scans in the mode onRequest and replies with each answer; call it with `more` for
  /// more than one.
  package enum Scan: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.Scan"

    /// What a call gives.
    package struct Parameters: Codable, Equatable, Sendable {
      /// The scanner's name; null for the only one.
      package var scanner: String?
      /// How many scans; one when it is null.
      package var count: Int?

      /// Makes one from its members; those that are null may be left out.
      package init(scanner: String? = nil, count: Int? = nil) {
        (self.scanner, self.count) = (scanner, count)
      }
    }

    /// What a reply tells.
    package struct Reply: Codable, Equatable, Sendable {
      /// The estimate after the scan.
      package var prediction: Prediction

      /// Makes one from its members.
      package init(prediction: Prediction) {
        self.prediction = prediction
      }
    }
  }

  /// Measures the white standard that is in place as the user's reference.
  package enum MeasureReference: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.MeasureReference"

    /// What a call gives.
    package struct Parameters: Codable, Equatable, Sendable {
      /// The scanner's name; null for the only one.
      package var scanner: String?

      /// Makes one from its members; those that are null may be left out.
      package init(scanner: String? = nil) {
        self.scanner = scanner
      }
    }

    /// What a reply tells.
    package struct Reply: Codable, Equatable, Sendable {
      /// The scanner's name.
      package var scanner: String
      /// When the reference was measured.
      package var time: String

      /// Makes one from its members.
      package init(scanner: String, time: String) {
        (self.scanner, self.time) = (scanner, time)
      }
    }
  }

  /// Notes the class that is known for a target of a sample.
  package enum Label: VarlinkMethod {
    /// The name that a call gives.
    package static let name = "io.spectrad.Label"

    /// What a call gives.
    package struct Parameters: Codable, Equatable, Sendable {
      /// The sample's identity.
      package var sampleId: String
      /// The target's name.
      package var target: String
      /// The class; null removes what was noted.
      package var `class`: String?

      /// Makes one from its members; those that are null may be left out.
      package init(sampleId: String, target: String, class: String? = nil) {
        (self.sampleId, self.target, self.class) = (sampleId, target, `class`)
      }
    }

    /// What a reply tells.
    package typealias Reply = NoMembers
  }
}
