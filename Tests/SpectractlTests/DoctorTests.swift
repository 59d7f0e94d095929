import Acquisition
import Service
import Testing
import spectractl

@Suite struct DoctorTests {
  @Test func `a healthy machine has nothing but ok`() {
    let findings = Diagnosis.findings(.healthy)
    #expect(findings.allSatisfy { $0.verdict == .ok && $0.advice.isEmpty }, "\(findings)")
    #expect(
      findings.map(\.check) == [
        .configuration, .usb, .permission, .holder, .daemon, .scanner, .scans, .bundle,
      ]
    )
  }

  @Test(arguments: DoctorSituation.device + DoctorSituation.daemon)
  func `each situation has its finding and its advice`(situation: DoctorSituation) throws {
    let findings = Diagnosis.findings(try situation.facts())
    let first = try #require(findings.first { $0.verdict != .ok })
    #expect(first.check == situation.check)
    #expect(first.verdict == situation.verdict)
    #expect(first.name == situation.finding)
    let words = first.advice.map { item in
      switch item {
      case .say(let sentence): sentence
      case .type(let command): command
      }
    }
    if let advice = situation.advice {
      #expect(words.contains { $0.contains(advice) }, "\(words)")
    } else {
      #expect(words.isEmpty)
    }
  }

  @Test(arguments: DoctorSituation.device + DoctorSituation.daemon)
  func `only the first cause is a problem`(situation: DoctorSituation) throws {
    let findings = Diagnosis.findings(try situation.facts())
    guard let index = findings.firstIndex(where: { $0.verdict == .problem }) else {
      #expect(situation.verdict == .hint)
      return
    }
    let cause = findings[index].check
    for finding in findings[index...].dropFirst() where finding.check != cause {
      #expect(finding.verdict == .notChecked)
      #expect(finding.advice.isEmpty)
    }
    let later = DoctorCheck.allCases.drop { $0 != cause }.dropFirst()
    #expect(findings[index...].map(\.check).suffix(later.count) == Array(later)[...])
  }

  @Test func `whoever has the node of a scanner that is ready is the daemon`() {
    var facts = DoctorFacts.healthy
    facts.usb.scanners[0].holder = .process(identifier: 4711, name: "spectrad-next")
    #expect(Diagnosis.findings(facts).allSatisfy { $0.verdict == .ok })
  }

  @Test func `a machine that could have no scanner here is asked for none`() throws {
    var facts = DoctorFacts.healthy
    facts.configured.sources = []
    facts.usb.scanners = []
    let findings = Diagnosis.findings(facts)
    #expect(findings.first?.verdict == .hint)
    #expect(!findings.contains { $0.verdict == .problem })
  }

  @Test func `a line for people has its advice below it`() {
    let finding = Finding(
      .daemon,
      .problem,
      "notRunning",
      "spectrad does not run",
      [.type("sudo systemctl start spectrad"), .say("Then wait.")]
    )
    let room = String(repeating: " ", count: 28)
    #expect(
      finding.lines == """
        problem      daemon         spectrad does not run
        \(room)  $ sudo systemctl start spectrad
        \(room)Then wait.

        """
    )
    #expect(
      String(decoding: finding.jsonLine, as: UTF8.self)
        == #"{"type":"finding","check":"daemon","verdict":"problem","name":"notRunning","#
        + #""text":"spectrad does not run","advice":[{"type":"sudo systemctl start spectrad"},"#
        + #"{"say":"Then wait."}]}"# + "\n"
    )
  }
}
