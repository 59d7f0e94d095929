import Service

/// Whether the daemon runs and this user may listen to it.
enum DaemonCheck {
  static func examine(_ facts: DoctorFacts) -> [Finding] {
    let path = facts.values.predictionSocketPath
    switch facts.daemon.socket {
    case .answers(let stream):
      return [Finding(.daemon, .ok, "answers", "\(stream.daemon.printable) answers at \(path)")]
    case .missing, .nobodyListens:
      return [notRunning(facts, path)]
    case .forbidden:
      return [forbidden(facts, path)]
    case .failed(let reason):
      return [problem("socketFailed", "\(path): \(reason)", [.say("Its log may say more:"), log])]
    case .silent:
      return [
        problem(
          "silent",
          "something listens at \(path), but does not introduce itself as spectrad",
          [.say("If it is spectrad, it hangs:"), ReasonEntry.restart, log]
        )
      ]
    case .refused(let reason):
      return [refused(reason)]
    }
  }

  private static let log = ReasonEntry.log

  private static func problem(_ name: String, _ text: String, _ advice: [Advice]) -> Finding {
    Finding(.daemon, .problem, name, text, advice)
  }

  private static func notRunning(_ facts: DoctorFacts, _ path: String) -> Finding {
    if let process = facts.daemon.processes.first {
      return problem(
        "otherSocket",
        "spectrad runs (process \(process)), but nobody listens at \(path)",
        [
          .say("It just starts, or was started with another socket; compare its command line:"),
          .type("ps -o args= -p \(process)"),
          .say("Then ask again with its socket:"), .type("spectractl doctor --socket PATH"),
        ]
      )
    }
    if case .refused(let reason) = facts.bundle {
      return problem(
        "bundleRefused",
        "spectrad does not run, and cannot start with its bundle: \(reason)",
        [.say("Install a good bundle, or correct BUNDLE_PATH, then:"), start(facts)]
      )
    }
    return problem("notRunning", "spectrad does not run", [start(facts), .say("Its log:"), log])
  }

  private static func start(_ facts: DoctorFacts) -> Advice {
    .type(facts.daemon.isServiceInstalled ? "sudo systemctl enable --now spectrad" : "spectrad")
  }

  private static func forbidden(_ facts: DoctorFacts, _ path: String) -> Finding {
    let account = facts.account
    guard let group = account.scannerGroupID, !account.groupIDs.contains(group) else {
      return problem(
        "socketForbidden",
        "\(account.name) may not connect to \(path)",
        [
          .say("Compare its owner with your groups, and see PREDICTIONS_SOCKET_MODE:"),
          .type("ls -ld \(path)"), .type("id"),
        ]
      )
    }
    let membership = PermissionCheck.membership(account)
    return problem(
      membership.name,
      "\(account.name) may not read predictions: \(membership.text)",
      membership.advice
    )
  }

  private static func refused(_ reason: String) -> Finding {
    switch reason {
    case "tooManyClients":
      problem(
        reason,
        "spectrad serves as many clients as it can",
        [.say("End some of the programs that listen to it, then ask again.")]
      )
    case "shutdown":
      problem("stopping", "spectrad is stopping", [ReasonEntry.restart])
    default:
      problem("refused", "spectrad said goodbye: \(reason.printable)", [.say("Its log:"), log])
    }
  }
}
