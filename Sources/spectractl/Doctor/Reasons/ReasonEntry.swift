/// What a stable reason of the daemon means to an operator, and what to do.
package struct ReasonEntry: Sendable {
  /// The stable name, as clients read it.
  package let reason: String
  /// How bad it is while the scanner goes on scanning.
  package let verdict: Verdict
  /// What it means, as one sentence without its full stop.
  package let meaning: String
  /// What to do, in this order.
  package let advice: [Advice]

  init(_ reason: String, _ verdict: Verdict, _ meaning: String, _ advice: [Advice]) {
    (self.reason, self.verdict, self.meaning, self.advice) = (reason, verdict, meaning, advice)
  }

  /// Every reason that the daemon gives, in the order of docs/troubleshooting.md.
  package static let all = connection + scanner + reference + scan + answer

  /// The entry of a reason; a daemon that is newer than this program may give unknown ones.
  package static func named(_ reason: String) -> ReasonEntry {
    all.first { $0.reason == reason }
      ?? ReasonEntry(
        reason,
        .problem,
        "the daemon gives a reason that this program does not know: \(reason.printable)",
        [.say("The daemon's log says more:"), log]
      )
  }

  /// A row of the table in docs/troubleshooting.md.
  package var tableRow: String {
    let todo = advice.map { item in
      switch item {
      case .say(let sentence): sentence
      case .type(let command): "`" + command.replacing("|", with: "\\|") + "`"
      }
    }
    return "| `\(reason)` | \(meaning) | \(todo.joined(separator: " ")) |"
  }
}

extension ReasonEntry {
  /// Shows the daemon's newest lines.
  static let log = Advice.type("journalctl --unit spectrad --lines 50")
  /// Shows what the kernel said of USB.
  static let kernelLog = Advice.type("sudo dmesg | tail -n 20")
  /// Shows the scanners on USB.
  static let listScanners = Advice.type("lsusb -d 0451:4200")
  /// Measures the white standard that lies on every scanner's window.
  static let measureReference = Advice.type("spectractl reference")
  /// Makes a changed configuration count.
  static let restart = Advice.type("sudo systemctl restart spectrad")
  static let replug = Advice.say("Unplug the scanner, wait ten seconds and plug it in again.")
  static let anotherCable = Advice.say("Use another cable and a port of the computer, not a hub.")
  static let service = Advice.say("If it stays so, the scanner needs its maker's service.")
}
