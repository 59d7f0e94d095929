/// One link of the chain from the scanner to the answer, in the order in which data flows.
package enum DoctorCheck: String, CaseIterable, Sendable {
  /// What the administrator wrote down.
  case configuration
  /// A scanner on this machine's USB.
  case usb
  /// The servers that export scanners of other machines.
  case servers
  /// Who may open the scanner.
  case permission
  /// Who has the scanner open.
  case holder
  /// The daemon and its socket.
  case daemon
  /// What the daemon says of its scanners.
  case scanner
  /// What the daemon says of their scans, the white reference above all.
  case scans
  /// The model bundle.
  case bundle
}

/// What a check came to.
package enum Verdict: String, Sendable {
  /// Nothing is to be done.
  case ok
  /// It works, but somebody should know or do something.
  case hint
  /// It does not work until somebody does something.
  case problem
  /// It depends on a problem that was found before.
  case notChecked
}

/// One thing to do: a sentence, or a command to type as it stands.
package enum Advice: Equatable, Sendable {
  /// A sentence for a person.
  case say(String)
  /// A line to type into a terminal.
  case type(String)
}

/// One result of the examination, in words for an operator.
package struct Finding: Equatable, Sendable {
  /// The check that found it.
  package let check: DoctorCheck
  /// How bad it is.
  package let verdict: Verdict
  /// A stable name for programs, such as `groupMissing`.
  package let name: String
  /// What was found, as one sentence without its full stop.
  package let text: String
  /// What to do about it, in this order; empty when nothing is to be done.
  package let advice: [Advice]

  /// Makes a finding from its parts.
  package init(
    _ check: DoctorCheck,
    _ verdict: Verdict,
    _ name: String,
    _ text: String,
    _ advice: [Advice] = []
  ) {
    (self.check, self.verdict, self.name, self.text) = (check, verdict, name, text)
    self.advice = advice
  }
}
