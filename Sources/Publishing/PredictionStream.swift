import Spectra

/// The numbers of what was published, and what a client that comes now must be told first.
struct PredictionStream {
  /// Random, another one after each start: numbers count within one stream.
  let identity: String
  /// The number that the next event gets.
  private(set) var nextSequence: UInt64 = 1
  /// The bundle in use.
  private(set) var bundle: BundleReport?
  /// The last report of each scanner, in the order in which they were first seen.
  ///
  /// A scanner has no name of its own before it has said its serial number: until then its place is
  /// listed.
  private(set) var scanners: [ScannerReport] = []
  /// How many lines were longer than a client must accept.
  private(set) var linesTooLongCount: UInt64 = 0

  /// The oldest number that a client can still ask for; nothing is stored, so there is none.
  var oldestSequence: UInt64 { nextSequence }

  /// How many scanners are ready to scan.
  var scannersReady: Int { scanners.count { $0.state == ScannerReport.ready } }

  init(bundle: BundleReport?) {
    self.bundle = bundle
    var random = SystemRandomNumberGenerator()
    identity = (0..<2).map { _ in
      let digits = String(random.next(), radix: 16)
      return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }.joined()
  }

  /// Gives `event` the next number and returns its line.
  ///
  /// `monotonicNanoseconds` is CLOCK_MONOTONIC now, to which the latency is measured: the line holds
  /// the latency, so its own encoding comes after.
  mutating func number(_ event: StreamEvent, monotonicNanoseconds: UInt64) -> NumberedLine {
    let sequence = nextSequence
    nextSequence += 1
    var event = event
    switch event {
    case .prediction(var prediction, let since):
      prediction.latencyMicroseconds = since.map { since in
        Int(clamping: (monotonicNanoseconds - min(since, monotonicNanoseconds)) / 1_000)
      }
      event = .prediction(prediction, monotonicNanoseconds: since)
    case .scanner(let report): remember(report)
    case .bundle(let report, _): bundle = report
    case .scansLost: break
    }
    var bytes = StreamLines.line(event, sequence: sequence)
    if bytes.count > Limits.lineBytes {
      linesTooLongCount += 1
      bytes = StreamLines.gap(sequence...sequence, reason: "lineTooLong")
    }
    return NumberedLine(sequence: sequence, bytes: bytes)
  }

  private mutating func remember(_ report: ScannerReport) {
    scanners.removeAll { $0.name == report.place && $0.name != report.name }
    if report.isForgotten {
      scanners.removeAll { $0.name == report.name }
      return
    }
    if let index = scanners.firstIndex(where: { $0.name == report.name }) {
      scanners[index] = report
      return
    }
    if scanners.count == Limits.scanners {
      // Neither one that is gone nor one too many may push out one that is ready.
      let given = scanners.firstIndex { $0.state != ScannerReport.ready }
      guard let index = given ?? (report.state == ScannerReport.ready ? 0 : nil) else { return }
      scanners.remove(at: index)
    }
    scanners.append(report)
  }
}

/// One encoded event.
struct NumberedLine {
  var sequence: UInt64
  var bytes: [UInt8]
}

extension ScannerReport {
  /// Whether it is about a place where no scanner said its name and where none is any more.
  fileprivate var isForgotten: Bool {
    name == place && (reason == "deviceGone" || reason == "scannerNotConfigured")
  }
}
