import Acquisition

/// Whether the configured USB/IP servers answer and offer the scanners.
enum ServersCheck {
  static func examine(_ facts: DoctorFacts) -> [Finding] {
    var findings: [Finding] = []
    for server in facts.servers {
      findings.append(examine(server, facts))
      if findings.last?.verdict == .problem { return findings }
    }
    return findings
  }

  private static func examine(_ server: ServerFacts, _ facts: DoctorFacts) -> Finding {
    switch server.busIDs {
    case .failure(let error):
      let entry = ReasonEntry.named(error.reason)
      return Finding(
        .servers,
        facts.isScannerReady ? .hint : .problem,
        entry.reason,
        "\(server.address): \(entry.meaning)",
        entry.advice
      )
    case .success(let busIDs):
      // A server may leave out what somebody uses; then the daemon says whether it is itself.
      guard busIDs.contains(server.address.busID) || facts.stream != nil else {
        return notOffered(server.address, busIDs)
      }
      return Finding(.servers, .ok, "serverAnswers", "\(server.address): the server answers")
    }
  }

  private static func notOffered(_ address: USBIPAddress, _ busIDs: [String]) -> Finding {
    let offered = busIDs.isEmpty ? "nothing" : busIDs.joined(separator: ", ").printable
    return Finding(
      .servers,
      .problem,
      "importRefused",
      "\(address): the server offers \(offered), expected \(address.busID)",
      ReasonEntry.named("importRefused").advice
    )
  }
}
