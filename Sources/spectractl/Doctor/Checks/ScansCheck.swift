import Acquisition
import Service
import Spectra

/// What the daemon says of scans, the white reference above all.
enum ScansCheck {
  static func examine(_ facts: DoctorFacts) -> [Finding] {
    guard let stream = facts.stream else { return [] }
    var findings = stream.scanners.filter { $0.state == "ready" }.flatMap { scanner in
      scanner.scan.map { examine($0, of: scanner) } ?? storedReference(of: scanner, facts)
    }
    if stream.scansLost > 0 {
      let entry = ReasonEntry.named("ringFull")
      findings.append(
        Finding(.scans, entry.verdict, entry.reason, entry.meaning, entry.advice)
      )
    }
    return findings
  }

  /// What a prediction said.
  private static func examine(
    _ scan: StreamFacts.Scan,
    of scanner: StreamFacts.Scanner
  ) -> [Finding] {
    let name = scanner.name.printable
    // Whether there is to be a bundle is the next check's matter.
    let reasons = scan.reasons.filter { $0 != "noBundle" } + scan.answerReasons
    guard !reasons.isEmpty else {
      let kind = scan.referenceKind.map { ", with the \($0.printable) reference" } ?? ""
      return [Finding(.scans, .ok, "scanning", "\(name) scans\(kind)")]
    }
    return reasons.map { reason in
      let entry = ReasonEntry.named(reason)
      return Finding(.scans, entry.verdict, reason, "\(name): \(entry.meaning)", entry.advice)
    }
  }

  /// No scan was made meanwhile: what is stored tells whether the next one will be used.
  private static func storedReference(
    of scanner: StreamFacts.Scanner,
    _ facts: DoctorFacts
  ) -> [Finding] {
    let name = scanner.name.printable
    func finding(_ reason: String, _ verdict: Verdict = .problem) -> [Finding] {
      let entry = ReasonEntry.named(reason)
      return [Finding(.scans, verdict, reason, "\(name): \(entry.meaning)", entry.advice)]
    }
    let quiet = [Finding(.scans, .ok, "quiet", "\(name) made no scan in these seconds")]
    let bundleKind = facts.bundleReference
    guard (facts.values.preferredReference ?? bundleKind) == .user else { return quiet }
    switch facts.references[scanner.name] {
    case nil: return quiet
    case .missing: return bundleKind == .user ? finding("referenceMismatch") : quiet
    case .unusable(let reason):
      let entry = ReasonEntry.named("referenceStoreFailed")
      return [
        Finding(.scans, .problem, entry.reason, "\(name): \(reason.printable)", entry.advice)
      ]
    case .measured(let time):
      let seconds = Double(facts.now.microsecondsSinceEpoch - time.microsecondsSinceEpoch) / 1e6
      guard let hours = facts.values.referenceAgeHoursMax, seconds > hours * 3_600 else {
        return quiet
      }
      return finding("referenceStale")
    }
  }
}

extension DoctorFacts {
  /// The kind of reference that the configured bundle was trained with; nil for any.
  fileprivate var bundleReference: ReferenceKind? {
    if case .good(_, _, _, let kind) = bundle { kind } else { nil }
  }
}
