import Spectra

/// Numbers and encodes what happens, and knows what a client that comes now must be told first.
struct PredictionStream {
  /// The numbers that count now.
  private var numbers: any EventNumbers
  /// The number that the next event gets; `numbers` says the same, but may have to lock for it.
  private(set) var nextSequence: UInt64
  /// The bundle in use.
  private(set) var bundle: BundleReport?
  /// The last report of each scanner, in the order in which they were first seen.
  ///
  /// A scanner has no name of its own before it has said its serial number: until then its place is
  /// listed.
  private(set) var scanners: [ScannerReport] = []
  /// How many lines were longer than a client must accept.
  private(set) var linesTooLongCount = 0

  /// The stream's identity.
  var identity: String { numbers.stream }

  /// The oldest number that a client can still ask for.
  var oldestSequence: UInt64 { numbers.oldest }

  /// How many scanners are ready to scan.
  var scannersReady: Int { scanners.count { $0.state == ScannerReport.ready } }

  init(numbers: any EventNumbers, bundle: BundleReport?) {
    (self.numbers, self.bundle) = (numbers, bundle)
    nextSequence = numbers.next
    precondition(nextSequence > 0, "numbers begin with 1")
  }

  /// Counts in another stream from now on; what is known of bundle and scanners stays.
  mutating func change(to numbers: any EventNumbers) {
    self.numbers = numbers
    nextSequence = numbers.next
    precondition(nextSequence > 0, "numbers begin with 1")
  }

  /// Gives `event` the next number and returns its line.
  ///
  /// `monotonicNanoseconds` is CLOCK_MONOTONIC now, to which the latency is measured: the line holds
  /// the latency, so its own encoding comes after.
  mutating func number(_ event: StreamEvent, monotonicNanoseconds: UInt64) -> NumberedLine {
    let sequence = numbers.take()
    precondition(sequence == nextSequence, "numbers are taken one after the other")
    nextSequence = sequence + 1
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
    let bytes = StreamLines.line(event, sequence: sequence)
    if bytes.count > Limits.lineBytes {
      linesTooLongCount += 1
      return .gap(sequence, reason: .lineTooLong)
    }
    return NumberedLine(
      sequence: sequence,
      kind: event.kind,
      scanner: event.scanner,
      sampleId: event.sampleId,
      isFinal: event.isFinal,
      bytes: bytes
    )
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

extension ScannerReport {
  /// Whether it is about a place where no scanner said its name and where none is any more.
  fileprivate var isForgotten: Bool {
    name == place && (reason == "deviceGone" || reason == "scannerNotConfigured")
  }
}
