extension SpectradInterface {
  /// Everything that is counted, for a monitoring system.
  package struct Metrics: Codable, Equatable, Sendable {
    /// The daemon, the scanners, the store and the clients.
    package var status: Status
    /// Final answers by target and class since the daemon started.
    package var answers: [ClassCount]
    /// Scans dropped or rejected, by reason, since the daemon started.
    package var rejected: [ReasonCount]
    /// Latencies by stage: classification (last report to answer), publishing (answer to line in
    /// every client's queue), storing (one transaction, written and synced: only how many and
    /// their sum).
    package var latencies: [String: Histogram]

    /// Makes one from its members.
    package init(
      status: Status,
      answers: [ClassCount],
      rejected: [ReasonCount],
      latencies: [String: Histogram]
    ) {
      self.status = status
      self.answers = answers
      self.rejected = rejected
      self.latencies = latencies
    }
  }

  /// How often values fell into a class, for one Prometheus histogram.
  package struct Histogram: Codable, Equatable, Sendable {
    /// Upper limits of the classes in microseconds, rising; the last class has none.
    package var limitsMicroseconds: [Int]
    /// How many values were at most each limit, each class counted alone; one more than limits.
    package var counts: [Int]
    /// The sum of all values in microseconds.
    package var sumMicroseconds: Int

    /// Makes one from its members.
    package init(limitsMicroseconds: [Int], counts: [Int], sumMicroseconds: Int) {
      self.limitsMicroseconds = limitsMicroseconds
      self.counts = counts
      self.sumMicroseconds = sumMicroseconds
    }
  }

  /// Predictions of one class of one target.
  package struct ClassCount: Codable, Equatable, Sendable {
    /// The target.
    package var target: String
    /// The class; null where the daemon abstained.
    package var `class`: String?
    /// How many final answers.
    package var count: Int

    /// Makes one from its members; those that are null may be left out.
    package init(target: String, class: String? = nil, count: Int) {
      (self.target, self.class, self.count) = (target, `class`, count)
    }
  }

  /// Scans of one scanner that were not answered, or not accepted, for one reason.
  package struct ReasonCount: Codable, Equatable, Sendable {
    /// The scanner's name.
    package var scanner: String
    /// Such as ringFull or lowLight.
    package var reason: String
    /// How many.
    package var count: Int

    /// Makes one from its members.
    package init(scanner: String, reason: String, count: Int) {
      (self.scanner, self.reason, self.count) = (scanner, reason, count)
    }
  }
}
