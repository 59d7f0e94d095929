import FoundationEssentials

/// What a person wants to see of one line of the prediction stream.
///
/// Unknown types and members are ignored, as the contract asks of every client.
struct StreamLine: Decodable {
  var type = ""
  var scanner: String?
  var state: String?
  var reason: String?
  var sample: String?
  var sampleId: String?
  var scans: Int?
  var final: Bool?
  var targets: [Target]?
  var quality: Quality?
  var count: Int?
  var from: UInt64?
  var to: UInt64?
  var demonstration: Bool?

  struct Target: Decodable {
    var name: String
    var `class`: String?
    var probabilities: [String: Double]?
    var reasons: [String]?

    /// `ok 0.71`, or what stands in the way of an answer.
    var text: String {
      guard let name = `class` else { return reasons?.first ?? "no answer" }
      guard let probability = probabilities?[name], (0...1).contains(probability) else {
        return name
      }
      return name + " " + hundredths(probability)
    }
  }

  struct Quality: Decodable {
    var accepted: Bool?
    var reasons: [String]?
  }

  private init() {}

  /// Reads a line; one that is no such object comes out as of no known type.
  init(parsing line: [UInt8]) {
    self = (try? JSONDecoder().decode(StreamLine.self, from: Data(line))) ?? StreamLine()
  }

  var isPrediction: Bool { type == "prediction" }
  var isFinalPrediction: Bool { isPrediction && final == true }

  /// Which numbers will not come; nil for every other line.
  var gapText: String? {
    guard type == "gap" else { return nil }
    return "lines \(from ?? 0) to \(to ?? 0) were not received: \(reason ?? "?")".printable
  }

  /// One line of text for people, or nil when there is nothing to say.
  var text: String? { plainText?.printable }

  private var plainText: String? {
    switch type {
    case "prediction":
      let answers = (targets ?? []).map { $0.name + " " + $0.text }.joined(separator: ", ")
      let problems = quality?.reasons ?? []
      return "\(scanner ?? "?") sample \(sample ?? "?"): \(scans ?? 0) scans, "
        + (final == true ? "final: " : "so far: ") + (answers.isEmpty ? "no answer" : answers)
        + (problems.isEmpty ? "" : " [scan not used: \(problems.joined(separator: ", "))]")
        + (demonstration == true ? " (demonstration only)" : "")
    case "scanner":
      return "\(scanner ?? "?"): \(state ?? "?")" + (reason.map { ", \($0)" } ?? "")
    case "scansLost": return "\(scanner ?? "?"): \(count ?? 0) scans lost, \(reason ?? "?")"
    case "gap": return gapText
    default: return nil
    }
  }
}
