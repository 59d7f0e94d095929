/// From observed facts to findings: the whole examination, without looking at anything.
package enum Diagnosis {
  /// What each check says, in the order in which data flows.
  ///
  /// After a problem the later checks are not made: what they would find follows from it, and an
  /// operator needs the one thing to do next.
  package static func findings(_ facts: DoctorFacts) -> [Finding] {
    var findings: [Finding] = []
    var cause: DoctorCheck?
    for check in DoctorCheck.allCases {
      if let cause {
        findings.append(
          Finding(check, .notChecked, "notChecked", "depends on the problem with \(cause.words)")
        )
        continue
      }
      let found = check.examine(facts)
      findings += found
      if found.contains(where: { $0.verdict == .problem }) { cause = check }
    }
    return findings
  }
}

extension DoctorCheck {
  /// Makes this check; empty when the configuration has no need of it.
  func examine(_ facts: DoctorFacts) -> [Finding] {
    switch self {
    case .configuration: ConfigurationCheck.examine(facts)
    case .usb: USBCheck.examine(facts)
    case .servers: ServersCheck.examine(facts)
    case .permission: PermissionCheck.examine(facts)
    case .holder: HolderCheck.examine(facts)
    case .daemon: DaemonCheck.examine(facts)
    case .scanner: ScannerCheck.examine(facts)
    case .scans: ScansCheck.examine(facts)
    case .bundle: BundleCheck.examine(facts)
    }
  }

  /// The check's subject, as in "the problem with …".
  fileprivate var words: String {
    switch self {
    case .configuration: "the configuration"
    case .usb: "USB"
    case .servers: "the USB/IP server"
    case .permission: "the permission"
    case .holder: "the other program"
    case .daemon: "the daemon"
    case .scanner: "the scanner"
    case .scans: "the scans"
    case .bundle: "the bundle"
    }
  }
}
