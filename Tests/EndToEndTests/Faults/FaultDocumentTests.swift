import Foundation
import Testing

/// docs/faults.md is the table that the tests run, in words.
///
/// After a change of the table: `WRITE_FAULTS=1 swift test --filter FaultDocumentTests`.
@Suite struct FaultDocumentTests {
  private static let path = ProjectFiles.root + "/docs/faults.md"
  private static let (begin, end) = ("<!-- begin -->\n", "<!-- end -->\n")

  @Test func `the document names exactly the faults that are tested`() throws {
    let text = try String(contentsOfFile: FaultDocumentTests.path, encoding: .utf8)
    let start = try #require(text.range(of: FaultDocumentTests.begin)).upperBound
    let stop = try #require(text.range(of: FaultDocumentTests.end)).lowerBound
    let table = FaultDocumentTests.table
    if ProcessInfo.processInfo.environment["WRITE_FAULTS"] != nil {
      try text.replacingCharacters(in: start..<stop, with: table)
        .write(toFile: FaultDocumentTests.path, atomically: true, encoding: .utf8)
      return
    }
    let rows = text[start..<stop].split(separator: "\n")
    let expected = table.split(separator: "\n")
    for row in expected where !rows.contains(row) { Issue.record("missing: \(row)") }
    for row in rows where !expected.contains(row) { Issue.record("not tested: \(row)") }
    #expect(rows == expected)
  }

  @Test func `every kind of fault is tested, and every case has its own name`() {
    #expect(
      FaultKind.allCases.filter { kind in !FaultTable.cases.contains { $0.kind == kind } } == []
    )
    #expect(Set(FaultTable.cases.map(\.testDescription)).count == FaultTable.cases.count)
    #expect(FaultTable.cases.filter { $0.script.isEmpty || $0.behaviour.isEmpty }.isEmpty)
  }

  @Test func `what belongs to USB is tested over libusb too`() {
    let kinds = Set(FaultTable.cases.filter { $0.statesOnUSB != nil }.map(\.kind))
    let expected: Set<FaultKind> = [
      .unplugAndReplug, .unplugForGood, .stall, .silence, .reset, .hibernation,
    ]
    #expect(kinds.isSuperset(of: expected))
  }

  private static var table: String {
    var lines = [
      "| fault | when | script | what the daemon does | what clients read of the scanner "
        + "| and of its scans | back within | proven by |",
      "|---|---|---|---|---|---|---|---|",
    ]
    lines += FaultTable.cases.map { fault in
      let columns = [
        fault.kind.rawValue, fault.moment,
        fault.script.map { "`\($0)`" }.joined(separator: "<br>"), fault.behaviour,
        states(of: fault),
        scans(of: fault), fault.returns ? "\(fault.recoverySeconds.formatted()) s" : "-",
        "FaultTests, over USBIP" + (fault.statesOnUSB == nil ? "" : "<br>FaultTests, over libusb"),
      ]
      return "| " + columns.joined(separator: " | ") + " |"
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func states(of fault: FaultCase) -> String {
    let states = fault.states.joined(separator: ", ")
    guard let onUSB = fault.statesOnUSB, onUSB != fault.states else { return states }
    return states + "<br>libusb: " + onUSB.joined(separator: ", ")
  }

  private static func scans(of fault: FaultCase) -> String {
    let lost = fault.lost.sorted().map { "\($0)" }
    let rejected = Dictionary(grouping: fault.rejected.keys.sorted()) { number in
      (fault.rejected[number] ?? []).joined(separator: ", ")
    }
    var parts: [String] = []
    if !fault.returns {
      parts.append("none after scan \(fault.published.count)")
    } else if let first = lost.first {
      let isOne = lost.count == 1
      parts.append(
        isOne ? "scan \(first) is lost" : "scans \(lost.joined(separator: ", ")) are lost"
      )
    }
    for (reasons, numbers) in rejected.sorted(by: { $0.value[0] < $1.value[0] }) {
      let names = numbers.map { "\($0)" }.joined(separator: ", ")
      parts.append("\(numbers.count == 1 ? "scan" : "scans") \(names) not accepted: \(reasons)")
    }
    return parts.isEmpty ? "all, accepted" : parts.joined(separator: "<br>")
  }
}
