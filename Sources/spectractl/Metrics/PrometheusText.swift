/// Metrics in Prometheus' text form, family by family.
package struct PrometheusText {
  /// What kind of number a family holds.
  package enum Kind: String {
    /// A number that only rises, from the daemon's start; its name ends in `_total`.
    case counter
    /// A number that goes up and down.
    case gauge
    /// How often values fell below each of several limits.
    case histogram
  }

  /// A label and its value.
  package typealias Label = (name: String, value: String)

  /// One number of a family.
  package struct Sample {
    var suffix = ""
    var labels: [Label]
    var value: Double

    /// Makes a sample; a nil value makes none.
    package init?(_ labels: [Label] = [], _ value: Double?) {
      guard let value else { return nil }
      (self.labels, self.value) = (labels, value)
    }

    /// Makes a sample of a whole number.
    package init(_ labels: [Label] = [], _ value: Int) {
      (self.labels, self.value) = (labels, Double(value))
    }

    fileprivate init(suffix: String, _ labels: [Label], _ value: Double) {
      (self.suffix, self.labels, self.value) = (suffix, labels, value)
    }
  }

  /// Everything so far, each line with its end.
  package private(set) var text = ""

  /// Begins without any family.
  package init() {}

  /// Adds a family with its samples; one without samples is left out.
  package mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample?]) {
    let samples = samples.compactMap(\.self)
    guard !samples.isEmpty else { return }
    text += "# HELP \(name) \(PrometheusText.escaped(help, quotes: false))\n"
    text += "# TYPE \(name) \(kind.rawValue)\n"
    for sample in samples {
      text += name + sample.suffix + PrometheusText.labelText(sample.labels) + " "
      text += PrometheusText.number(sample.value) + "\n"
    }
  }

  /// The samples of one histogram.
  ///
  /// `counts` has one element more than `limits`: how many values fell between a limit and the one
  /// before it, and last how many were above all. Prometheus wants them added up.
  package static func histogram(
    _ labels: [Label],
    limits: [Double],
    counts: [Int],
    sum: Double
  ) -> [Sample] {
    var below = 0
    var samples: [Sample] = []
    for (limit, count) in zip(limits, counts) {
      below += count
      samples.append(
        Sample(suffix: "_bucket", labels + [("le", number(limit))], Double(below))
      )
    }
    let total = Double(counts.reduce(0, +))
    return samples + [
      Sample(suffix: "_bucket", labels + [("le", "+Inf")], total),
      Sample(suffix: "_sum", labels, sum),
      Sample(suffix: "_count", labels, total),
    ]
  }

  private static func labelText(_ labels: [Label]) -> String {
    guard !labels.isEmpty else { return "" }
    let parts = labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }
    return "{" + parts.joined(separator: ",") + "}"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A whole number without a point, any other in its shortest exact form.
  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
    return Int64(exactly: value).map { String($0) } ?? "\(value)"
  }
}
