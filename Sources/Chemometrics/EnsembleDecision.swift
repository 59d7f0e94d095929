import Glibc
package import Spectra

/// Step 16: the members' probabilities, combined by their geometric mean.
package struct EnsembleCombiner: ~Copyable {
  /// Probabilities below this count as this, so that one member alone cannot rule a class out.
  package static let floor = 1e-12

  /// How many members have been added.
  package private(set) var members = 0
  private var logarithmSums: FixedArray<Double>

  /// Allocates for answers of `classes` probabilities.
  package init(classes: Int) {
    precondition(classes > 0, "an answer has at least one class")
    logarithmSums = FixedArray(repeating: 0, count: classes)
  }

  /// Forgets all members.
  package mutating func removeAll() {
    members = 0
    for index in 0..<logarithmSums.count { logarithmSums[index] = 0 }
  }

  /// Adds one member's probabilities; what is not finite counts as the floor.
  package mutating func add(_ probabilities: Span<Float>) {
    precondition(probabilities.count == logarithmSums.count, "one probability per class")
    for index in 0..<logarithmSums.count {
      let probability = Double(probabilities[index])
      let isUsable = probability.isFinite && probability > EnsembleCombiner.floor
      logarithmSums[index] += log(isUsable ? probability : EnsembleCombiner.floor)
    }
    members += 1
  }

  /// Writes the combined probabilities, of sum 1; at least one member must have been added.
  package func write(into probabilities: inout MutableSpan<Double>) {
    precondition(probabilities.count == logarithmSums.count, "one element per class")
    precondition(members > 0, "without members there is no answer")
    var sum = 0.0
    for index in 0..<logarithmSums.count {
      probabilities[index] = exp(logarithmSums[index] / Double(members))
      sum += probabilities[index]
    }
    for index in 0..<logarithmSums.count { probabilities[index] /= sum }
  }
}

/// Step 17: the class that is published, or none.
package struct Decision: Equatable, Sendable {
  /// The index of the most probable class, the first of equals; nil when the daemon abstains.
  package let classIndex: Int?
  /// Why it abstains; empty when it does not.
  package let reasons: AnswerReasons

  /// Decides between `probabilities`; any reason against the spectrum is one to abstain.
  package init(probabilities: Span<Double>, minimumProbability: Double, reasons: AnswerReasons) {
    precondition(!probabilities.isEmpty, "an answer has at least one class")
    var best = 0
    for index in 1..<max(1, probabilities.count) where probabilities[index] > probabilities[best] {
      best = index
    }
    let isSure = probabilities[best] >= minimumProbability
    self.reasons = isSure ? reasons : reasons.union(.lowConfidence)
    classIndex = self.reasons.isEmpty ? best : nil
  }
}
