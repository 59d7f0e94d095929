import FoundationEssentials

/// The members of a line that the examination looks at; all others are ignored.
private struct Line: Decodable {
  struct Scanner: Decodable {
    var scanner: String
    var state: String
    var reason: String?
    var model: String?
    var firmware: String?
  }

  struct Bundle: Decodable {
    var name: String
    var version: String
    var sha256: String
  }

  struct Quality: Decodable {
    var accepted: Bool
    var reasons: [String]
  }

  struct Target: Decodable {
    var reasons: [String]
  }

  struct Reference: Decodable {
    var kind: String?
  }

  var type: String
  var daemon: String?
  var demonstration: Bool?
  var scanners: [Scanner]?
  var scanner: String?
  var quality: Quality?
  var targets: [Target]?
  var reference: Reference?
  var count: Int?
}

/// The same member holds an object in one type of line and a text in another.
private struct Hello: Decodable {
  var bundle: Line.Bundle?
}

extension StreamFacts {
  /// Reads the first line; nil when it is no daemon's hello.
  package init?(hello bytes: [UInt8]) {
    guard let line = try? JSONDecoder().decode(Line.self, from: Data(bytes)),
      line.type == "hello", let daemon = line.daemon, let scanners = line.scanners,
      let hello = try? JSONDecoder().decode(Hello.self, from: Data(bytes))
    else { return nil }
    self.init(
      daemon: daemon,
      bundle: hello.bundle.map { bundle in
        Bundle(
          label: bundle.name + "@" + bundle.version,
          sha256: bundle.sha256,
          isDemonstration: line.demonstration ?? false
        )
      },
      scanners: scanners.map { Scanner($0) }
    )
  }

  /// Takes note of a later line.
  package mutating func take(_ bytes: [UInt8]) {
    guard let line = try? JSONDecoder().decode(Line.self, from: Data(bytes)) else { return }
    switch line.type {
    case "scanner":
      if let report = try? JSONDecoder().decode(Line.Scanner.self, from: Data(bytes)) {
        remember(Scanner(report))
      }
    case "prediction":
      guard let quality = line.quality,
        let index = scanners.firstIndex(where: { $0.name == line.scanner })
      else { return }
      var answerReasons: [String] = []
      for reason in (line.targets ?? []).flatMap(\.reasons) where !answerReasons.contains(reason) {
        answerReasons.append(reason)
      }
      scanners[index].scan = Scan(
        isAccepted: quality.accepted,
        reasons: quality.reasons,
        answerReasons: answerReasons,
        referenceKind: line.reference?.kind
      )
    case "scansLost":
      scansLost += line.count ?? 0
    default:
      break
    }
  }

  private mutating func remember(_ scanner: Scanner) {
    guard let index = scanners.firstIndex(where: { $0.name == scanner.name }) else {
      scanners.append(scanner)
      return
    }
    let scan = scanners[index].scan
    scanners[index] = scanner
    scanners[index].scan = scan
  }
}

extension StreamFacts.Scanner {
  fileprivate init(_ report: Line.Scanner) {
    self.init(
      name: report.scanner,
      state: report.state,
      reason: report.reason,
      model: report.model,
      firmware: report.firmware
    )
  }
}
