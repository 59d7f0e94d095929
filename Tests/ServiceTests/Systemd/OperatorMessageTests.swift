import Foundation
import Service
import Testing

@Suite struct OperatorMessageTests {
  @Test(arguments: OperatorMessage.allCases)
  func `an identity is 128 bits that nobody else has`(message: OperatorMessage) {
    let digits = Set("0123456789abcdef")
    #expect(message.messageID.count == 32)
    #expect(message.messageID.allSatisfy(digits.contains))
    // What journalctl calls a random UUID: version 4.
    #expect(Array(message.messageID)[12] == "4")
  }

  @Test func `the catalog says what to do for each message and knows no other`() throws {
    let entries = try CatalogEntry.read(SystemdFolder.text(of: "spectrad.catalog"))
    let expected = OperatorMessage.allCases.map(\.messageID)
    #expect(entries.map(\.messageID) == expected, "the catalog has another order or other messages")
  }

  @Test(arguments: try CatalogEntry.read(SystemdFolder.text(of: "spectrad.catalog")))
  func `a catalog entry has a subject and says what to do`(entry: CatalogEntry) {
    #expect(entry.headers["Subject"]?.isEmpty == false)
    #expect(entry.headers["Defined-By"] == "spectrad")
    #expect(entry.headers["Documentation"] == "man:spectrad(8)")
    #expect(entry.body.utf8.count > 80, "\(entry.body)")
  }

  @Test(arguments: [
    ("ready", nil, OperatorMessage.scannerReady), ("ready", "lampWeak", .scannerUnhealthy),
    ("disconnected", "noPermission", .scannerRefused), ("disconnected", "inUse", .scannerRefused),
    ("disconnected", "connectionLost", .scannerLost), ("disconnected", "deviceGone", .scannerLost),
    ("disconnected", "connectionRefused", .scannerLost), ("disconnected", nil, nil),
    ("disconnected", "scannerNotConfigured", nil), ("connecting", nil, nil),
  ])
  func `a scanner's state has a message`(state: String, reason: String?, wanted: OperatorMessage?) {
    #expect(OperatorMessage.scannerChanged(state: state, reason: reason) == wanted)
  }
}

/// One entry of a message catalog.
struct CatalogEntry: Sendable, CustomTestStringConvertible {
  let messageID: String
  let headers: [String: String]
  let body: String
  var testDescription: String { headers["Subject"] ?? messageID }

  /// The entries of a catalog, in their order.
  static func read(_ text: String) throws -> [CatalogEntry] {
    let parts = ("\n" + text).components(separatedBy: "\n-- ").dropFirst()
    return parts.map { part in
      let (head, body) = divided(part, at: "\n\n")
      let lines = head.components(separatedBy: "\n")
      let headers = lines.dropFirst().map { divided($0, at: ": ") }
      return CatalogEntry(
        messageID: lines[0],
        headers: Dictionary(headers) { first, _ in first + " twice" },
        body: body
      )
    }
  }

  private static func divided(_ text: String, at separator: String) -> (String, String) {
    guard let range = text.range(of: separator) else { return (text, "") }
    return (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
  }
}
