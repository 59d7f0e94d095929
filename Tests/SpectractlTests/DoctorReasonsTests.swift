import Acquisition
import Foundation
import Spectra
import Testing
import spectractl

/// Every stable reason has its words, here and in docs/troubleshooting.md.
@Suite struct DoctorReasonsTests {
  static let reasons: [String] =
    AcquisitionError.examples.map(\.reason) + ScannerHealth(rawValue: .max).names
    + QualityReasons(rawValue: .max).names + AnswerReasons(rawValue: .max).names + ["ringFull"]

  @Test(arguments: reasons)
  func `every reason is translated`(reason: String) {
    let entry = ReasonEntry.all.first { $0.reason == reason }
    #expect(entry != nil, "add \(reason) to the tables of ReasonEntry")
    #expect(entry?.advice.isEmpty == false)
  }

  @Test(arguments: ReasonEntry.all.map(\.reason))
  func `every translation is for a reason that the daemon gives, and stands in the documentation`(
    reason: String
  ) throws {
    let entry = ReasonEntry.named(reason)
    #expect(DoctorReasonsTests.reasons.contains(entry.reason), "nobody gives \(entry.reason)")
    #expect(ReasonEntry.all.count { $0.reason == entry.reason } == 1)
    let page = try String(contentsOf: DoctorReasonsTests.page, encoding: .utf8)
    #expect(
      page.contains("\n" + entry.tableRow + "\n"),
      "docs/troubleshooting.md needs this row:\n\(entry.tableRow)"
    )
  }

  @Test func `the documentation has no row of a reason that is no more`() throws {
    let page = try String(contentsOf: DoctorReasonsTests.page, encoding: .utf8)
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
    #expect(rows == ReasonEntry.all.map(\.tableRow))
  }

  @Test(arguments: ReasonEntry.all.map(\.reason))
  func `a scanner that is disconnected for a reason is a problem with advice`(
    reason: String
  ) throws {
    let entry = ReasonEntry.named(reason)
    var facts = DoctorFacts.healthy
    facts.answer.scanners = [
      StreamFacts.Scanner(name: "6100014", state: "disconnected", reason: entry.reason)
    ]
    let found = Diagnosis.findings(facts).first { $0.verdict != .ok }
    let finding = try #require(found)
    #expect(finding.verdict == .problem)
    #expect(finding.name == entry.reason)
    #expect(finding.text.contains(entry.meaning))
    #expect(finding.advice == entry.advice)
  }

  @Test(arguments: ReasonEntry.all.map(\.reason))
  func `a ready scanner's reason is as bad as its entry says`(reason: String) throws {
    let entry = ReasonEntry.named(reason)
    var facts = DoctorFacts.healthy
    facts.answer.scanners[0].reason = entry.reason
    let found = Diagnosis.findings(facts).first { $0.verdict != .ok }
    #expect(found?.verdict == entry.verdict)
    #expect(found?.advice == entry.advice)
  }

  @Test(arguments: QualityReasons(rawValue: .max).names + AnswerReasons(rawValue: .max).names)
  func `what is wrong with a scan is told`(reason: String) throws {
    var facts = DoctorFacts.healthy
    facts.answer.scanners[0].scan = StreamFacts.Scan(isAccepted: false, reasons: [reason])
    let found = Diagnosis.findings(facts).first { $0.check == .scans }
    // Whether there is to be a bundle is judged by the bundle's own check.
    #expect(found?.name == (reason == "noBundle" ? "scanning" : reason))
  }

  private static let page = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "docs/troubleshooting.md")
}

extension AcquisitionError {
  /// One of each case; health and references are listed by their own types.
  static let examples: [AcquisitionError] = [
    .hostUnknown(code: -2), .connectionRefused(errorNumber: 111),
    .connectionFailed(errorNumber: 113), .importRefused(status: 1),
    .wrongDevice(vendor: 1, product: 2), .connectionLost(errorNumber: 0),
    .deviceGone(transferStatus: 5), .transferFailed(status: 1), .noPermission(node: "/dev/x"),
    .inUse(by: nil), .openingFailed(libusbCode: -99), .stalled, .shortReport(byteCount: 3),
    .usbUnavailable(libusbCode: -99), .timeout(command: nil), .serverViolation(.version(1)),
    .protocolError(command: nil, .strayPackets(9)), .commandFailed(.startScan), .busy(.startScan),
    .scanFailed(NanoErrorStatus(parsing: [UInt8](repeating: 0, count: 20).span)),
    .noNewScan(scanIndex: 1), .scanFile(.unknownFormat), .reference(.unknownFormat),
    .referenceStore(.damaged(path: "/x")), .scannerNotConfigured, .tooManyScanners(limit: 16),
    .previousConnectionOpen, .stopped, .referenceRefused(.gainFailure),
    .referenceRefused(.saturated(count: 1)),
    .referenceRefused(.noLight(pattern: 1, count: 0)), .referenceRefused(.tooDark(peak: 1)),
    .referenceRefused(.noSerialNumber),
  ]

  /// The compiler refuses this when a case is added: then add it above and to `ReasonEntry`.
  private var isListed: Bool {
    switch self {
    case .hostUnknown, .connectionRefused, .connectionFailed, .importRefused, .wrongDevice: true
    case .connectionLost, .deviceGone, .transferFailed, .noPermission, .inUse, .openingFailed: true
    case .stalled, .shortReport, .usbUnavailable, .timeout, .serverViolation, .protocolError: true
    case .commandFailed, .busy, .scanFailed, .noNewScan, .scanFile, .reference: true
    case .referenceRefused, .referenceStore, .unhealthy, .scannerNotConfigured: true
    case .tooManyScanners, .previousConnectionOpen, .stopped: true
    }
  }
}
