import Acquisition
import Service

/// Whether the rule is in force, and whether this user may open the scanner.
enum PermissionCheck {
  static func examine(_ facts: DoctorFacts) -> [Finding] {
    let scanners = facts.usb.scanners
    guard !scanners.isEmpty, facts.values.sources.contains(where: \.isOnUSB) else { return [] }
    // Whoever runs the daemon may open scanners, and that is what it is about.
    if facts.isScannerReady {
      return [Finding(.permission, .ok, "daemonMayOpen", "the daemon may open the scanner")]
    }
    for scanner in scanners {
      if let finding = problem(of: scanner, facts) { return [finding] }
    }
    return [Finding(.permission, .ok, "mayOpen", "\(facts.account.name) may open the scanner")]
  }

  private static func problem(of scanner: USBScannerFacts, _ facts: DoctorFacts) -> Finding? {
    let path = scanner.attachment.nodePath
    let account = facts.account
    guard let node = scanner.node else {
      return Finding(
        .permission,
        .problem,
        "nodeMissing",
        "the scanner is on USB, but its file \(path) is missing: a container hides it",
        [.say("Run spectrad outside of the container, or give it /dev/bus/usb.")]
      )
    }
    if node.isOpenable, !account.isAdministrator { return nil }
    if let finding = ruleProblem(facts, node) { return finding }
    if account.isAdministrator { return nil }
    if let group = account.scannerGroupID, account.groupIDs.contains(group) {
      return Finding(
        .permission,
        .problem,
        "nodeForbidden",
        "\(account.name) is in the group, and still may not open \(path)",
        [.say("A container or a service's limits forbid it: allow the device there.")]
      )
    }
    return membership(account)
  }

  /// The rule is not in force, so the node does not belong to the group.
  private static func ruleProblem(_ facts: DoctorFacts, _ node: NodeFacts) -> Finding? {
    switch facts.rule {
    case .missing:
      return Finding(
        .permission,
        .problem,
        "ruleMissing",
        "the udev rule 60-spectrad.rules is not installed, so only the administrator may open "
          + "the scanner",
        [.say("In the folder of spectrad's sources:")] + RuleAdvice.install + RuleAdvice.reload
      )
    case .masked(let path):
      return Finding(
        .permission,
        .problem,
        "ruleMasked",
        "\(path) is empty and so switches the udev rule off",
        [.type("sudo rm \(path)")] + RuleAdvice.reload
      )
    case .installed:
      break
    }
    guard let group = facts.account.scannerGroupID else {
      return Finding(
        .permission,
        .problem,
        "groupMissing",
        "there is no group \(AccountFacts.groupName), which the udev rule gives the scanner to",
        [.type("sudo groupadd --system \(AccountFacts.groupName)")] + RuleAdvice.reload
      )
    }
    guard node.groupID == group, node.mode & 0o060 == 0o060 else {
      return Finding(
        .permission,
        .problem,
        "ruleNotApplied",
        "the udev rule is installed, but the scanner was plugged in before it: its file has "
          + "group \(node.groupID) and mode 0\(String(node.mode, radix: 8))",
        RuleAdvice.reload + [.say("Or unplug the scanner and plug it in again.")]
      )
    }
    return nil
  }

  /// The user is not in the group, at least not in this session.
  static func membership(_ account: AccountFacts) -> Finding {
    if account.isListedAsMember {
      return Finding(
        .permission,
        .problem,
        "groupNotInSession",
        "\(account.name) was put into the group \(AccountFacts.groupName) after logging in",
        [
          .say("Log out and in again; or, for this terminal only:"),
          .type("newgrp \(AccountFacts.groupName)"),
        ]
      )
    }
    return Finding(
      .permission,
      .problem,
      "userNotInGroup",
      "\(account.name) is not in the group \(AccountFacts.groupName)",
      [
        .type("sudo usermod --append --groups \(AccountFacts.groupName) \(account.name)"),
        .say("Then log out and in again."),
      ]
    )
  }
}
