import Acquisition
import Service
import Spectra
import Testing
import spectractl

/// A machine with something wrong, and what the doctor is to say of it.
struct DoctorSituation: Sendable, CustomTestStringConvertible {
  let name: String
  /// The first finding that is worse than ok.
  let check: DoctorCheck
  let verdict: Verdict
  let finding: String
  /// A command or sentence of the advice, or a part of one; nil where nothing is to be done.
  let advice: String?
  private let change: @Sendable (inout DoctorFacts) throws -> Void

  init(
    _ name: String,
    _ check: DoctorCheck,
    _ verdict: Verdict,
    _ finding: String,
    advice: String?,
    _ change: @escaping @Sendable (inout DoctorFacts) throws -> Void
  ) {
    (self.name, self.check, self.verdict, self.finding) = (name, check, verdict, finding)
    (self.advice, self.change) = (advice, change)
  }

  var testDescription: String { name }

  /// The facts of the healthy machine with this situation's change.
  func facts() throws -> DoctorFacts {
    var facts = DoctorFacts.healthy
    try change(&facts)
    return facts
  }
}

extension DoctorFacts {
  /// A scanner on USB, a user of the group, a daemon that answers with a bundle.
  static var healthy: DoctorFacts {
    var configuration = DaemonConfiguration()
    configuration.sources = [.everyUSBScanner]
    configuration.predictionSocketPath = "/run/spectrad/predictions.sock"
    configuration.referenceAgeHoursMax = 24
    let bundle = StreamFacts.Bundle(label: "b@1", sha256: "00ff", isDemonstration: false)
    return DoctorFacts(
      configuration: .success(configuration),
      usb: USBFacts(isBusVisible: true, announcementsError: nil, scanners: [.healthy]),
      rule: .installed(path: "/etc/udev/rules.d/60-spectrad.rules"),
      account: AccountFacts(
        name: "ada",
        userID: 1000,
        groupIDs: [1000, 990],
        scannerGroupID: 990,
        isListedAsMember: true
      ),
      servers: [],
      daemon: DaemonFacts(
        processes: [77],
        isServiceInstalled: true,
        socket: .answers(
          StreamFacts(daemon: "spectrad 0.1.0", bundle: bundle, scanners: [.healthy])
        )
      ),
      references: [:],
      bundle: .good(label: "b@1", sha256: "00ff", isDemonstration: false, reference: .factory),
      observedAt: Timestamp(microsecondsSinceEpoch: 1_795_251_600_000_000)
    )
  }

  /// The configuration's values.
  var configured: DaemonConfiguration {
    get { (try? configuration.get()) ?? DaemonConfiguration() }
    set { configuration = .success(newValue) }
  }

  /// What the daemon says; a change of it makes it answer.
  var answer: StreamFacts {
    get {
      if case .answers(let stream) = daemon.socket { return stream }
      return StreamFacts(daemon: "spectrad 0.1.0", bundle: nil, scanners: [])
    }
    set { daemon.socket = .answers(newValue) }
  }

  /// Ends the daemon, as a machine is before its first start.
  mutating func endDaemon() {
    daemon.socket = .missing
    daemon.processes = []
  }
}

extension USBScannerFacts {
  static let healthy = USBScannerFacts(
    attachment: USBAttachment(path: "1-2", deviceAddress: 5),
    node: NodeFacts(groupID: 990, mode: 0o660, isOpenable: true),
    holder: .process(identifier: 77, name: "spectrad"),
    isClaimedByProgram: true
  )
}

extension StreamFacts.Scanner {
  static let healthy = StreamFacts.Scanner(
    name: "6100014",
    state: "ready",
    model: "NIRscan Nano",
    firmware: "2.1.0",
    scan: StreamFacts.Scan(isAccepted: true, referenceKind: "factory")
  )
}
