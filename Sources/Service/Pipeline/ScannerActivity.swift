package import Publishing
package import Spectra
package import Streaming
import Synchronization

/// What is known about every scanner now, and what was counted since the daemon started.
///
/// Written by the directory when a state changes and by the publishing thread with each answer,
/// before its line is queued; read by whoever asks how the daemon is. Its memory is bounded.
package final class ScannerActivity: Sendable {
  /// One scanner.
  package struct Scanner: Equatable, Sendable {
    /// The name that clients know it by.
    package var name: String
    /// The number of its scans in rings and slots; nil until it was identified.
    package var number: UInt32?
    /// Where it is connected, or was last.
    package var place: String
    /// connecting, ready or disconnected.
    package var state: String
    /// The stable name of why; nil when there is nothing to explain.
    package var reason: String?
    /// The same in words.
    package var explanation: String?
    /// When the state was entered.
    package var since: Timestamp
    /// The model; nil until it was identified.
    package var model: String?
    /// The controller's firmware; nil until it was identified.
    package var firmware: String?
    /// How many scans were answered.
    package var scans = 0
    /// How many scans the full ring dropped.
    package var scansLost = 0
    /// The last scan; nil before the first.
    package var lastScan: LastScan?
    /// How long the lamp has burnt in hours, when the scanner was connected; nil where it does not
    /// tell.
    package var lampHours: Double?
    /// The open sample; nil when none is.
    package var openSample: OpenSample?
    /// How many scans were not accepted, by the stable names of what was wrong with them.
    package var rejections: [String: Int] = [:]
  }

  /// What the last scan said.
  package struct LastScan: Equatable, Sendable {
    /// When its last report arrived.
    package var time: Timestamp
    /// The system temperature in °C.
    package var temperatureCelsius: Double?
    /// The detector's temperature in °C.
    package var detectorTemperatureCelsius: Double?
    /// Relative humidity in percent.
    package var relativeHumidityPercent: Double?
    /// The lamp monitor's reading in counts.
    package var lampPhotodiode: Int
    /// Where its reference came from.
    package var referenceKind: ReferenceKind
    /// The age of a measured reference in seconds.
    package var referenceAgeSeconds: Double?
  }

  /// A sample that is being measured.
  package struct OpenSample: Equatable, Sendable {
    /// Its identity.
    package var identity: SampleIdentity
    /// Its display name.
    package var name: String
    /// When it began.
    package var began: Timestamp
    /// Accepted scans so far.
    package var scans: Int
  }

  /// Final answers of one class of one target.
  package struct AnswerCount: Hashable, Sendable {
    /// The target.
    package var target: String
    /// The class; nil where the daemon abstained.
    package var className: String?
    /// How many.
    package var count: Int
  }

  private struct AnswerKey: Hashable {
    var target: String
    var className: String?
  }

  private struct State {
    /// In the order in which they were first seen.
    var scanners: [Scanner] = []
    var answers: [AnswerKey: Int] = [:]

    mutating func change(_ name: String, _ change: (inout Scanner) -> Void) {
      guard let index = scanners.firstIndex(where: { $0.name == name }) else { return }
      change(&scanners[index])
    }
  }

  /// How many classes are counted; those of further bundles are not.
  private static let answersMax = 4_096

  private let state = Mutex(State())

  /// Makes a record of nothing.
  package init() {}

  /// Every scanner that is known, in the order in which they were first seen.
  package var scanners: [Scanner] {
    // A copy of its own: ThreadSanitizer does not see that arrays count their references.
    state.withLock { $0.scanners.map(\.self) }
  }

  /// Final answers by target and class, in the order of their names.
  package var answers: [AnswerCount] {
    let answers = state.withLock { state in
      state.answers.map {
        AnswerCount(target: $0.key.target, className: $0.key.className, count: $0.value)
      }
    }
    return answers.sorted { ($0.target, $0.className ?? "") < ($1.target, $1.className ?? "") }
  }
}

/// What the directory knows.
extension ScannerActivity {
  /// Takes note of a scanner's state; `number` is nil until it was identified.
  package func stateChanged(_ report: ScannerReport, number: UInt32?, explanation: String?) {
    state.withLock { state in
      // It has a name of its own now.
      if report.name != report.place { state.scanners.removeAll { $0.name == report.place } }
      if report.isOfEmptyPlace {
        state.scanners.removeAll { $0.name == report.name }
        return
      }
      if !state.scanners.contains(where: { $0.name == report.name }) {
        ScannerActivity.makeRoom(in: &state.scanners)
        state.scanners.append(Scanner(report))
      }
      state.change(report.name) { scanner in
        let isSame = scanner.state == report.state && scanner.place == report.place
        scanner.number = number ?? scanner.number
        (scanner.place, scanner.state) = (report.place, report.state)
        (scanner.reason, scanner.explanation) = (report.reason, explanation)
        if !isSame { scanner.since = report.time }
        (scanner.model, scanner.firmware) = (report.model, report.firmware)
      }
    }
  }

  /// Takes note of how long a scanner's lamp has burnt.
  package func lampUsed(of name: String, hours: Double) {
    state.withLock { $0.change(name) { $0.lampHours = hours } }
  }

  private static func makeRoom(in scanners: inout [Scanner]) {
    guard scanners.count >= ScannerDirectory.scannersRemembered else { return }
    let away = scanners.indices.filter { scanners[$0].state == "disconnected" }
    let longest = away.min { scanners[$0].since < scanners[$1].since }
    scanners.remove(at: longest ?? 0)
  }
}

/// What the publishing thread knows.
extension ScannerActivity {
  /// Takes note that a client began a sample, which no answer tells of.
  package func sampleBegan(_ header: PredictionSlot.Header, scanner: String) {
    state.withLock { $0.change(scanner) { $0.openSample = OpenSample(header) } }
  }

  /// Takes note of an answer; `scan` is nil where a sample's end is told.
  package func answered(
    _ prediction: Prediction,
    _ header: PredictionSlot.Header,
    scan: ScanHeader?
  ) {
    state.withLock { state in
      state.change(prediction.scanner) { scanner in
        scanner.openSample = header.isFinal ? nil : OpenSample(header)
        guard let scan else { return }
        scanner.scans += 1
        scanner.lastScan = LastScan(scan)
        for reason in prediction.qualityReasons.names {
          scanner.rejections[reason, default: 0] += 1
        }
      }
      guard header.isFinal else { return }
      for target in prediction.targets {
        let key = AnswerKey(
          target: target.name,
          className: target.classIndex.map { target.classes[$0] }
        )
        let isCounted = state.answers[key] != nil
        guard isCounted || state.answers.count < ScannerActivity.answersMax else { continue }
        state.answers[key, default: 0] += 1
      }
    }
  }

  /// Takes note of scans that a full ring dropped.
  package func scansLost(_ count: Int, scanner: String) {
    state.withLock { $0.change(scanner) { $0.scansLost += count } }
  }
}

extension ScannerActivity.Scanner {
  fileprivate init(_ report: ScannerReport) {
    (name, place, state) = (report.name, report.place, report.state)
    since = report.time
  }
}

extension ScannerActivity.LastScan {
  fileprivate init(_ scan: ScanHeader) {
    time = scan.time
    temperatureCelsius = scan.temperatureCelsius
    detectorTemperatureCelsius = scan.detectorTemperatureCelsius
    relativeHumidityPercent = scan.relativeHumidityPercent
    lampPhotodiode = Int(scan.lampPhotodiode)
    (referenceKind, referenceAgeSeconds) = (scan.referenceKind, scan.referenceAgeSeconds)
  }
}

extension ScannerActivity.OpenSample {
  fileprivate init(_ header: PredictionSlot.Header) {
    (identity, name) = (header.sampleIdentity, header.sampleName.text)
    (began, scans) = (header.sampleBegan, header.scansCount)
  }
}

extension ScannerReport {
  /// Whether it is about a place where no scanner said its name and where none is any more.
  fileprivate var isOfEmptyPlace: Bool {
    name == place && (reason == "deviceGone" || reason == "scannerNotConfigured")
  }
}
