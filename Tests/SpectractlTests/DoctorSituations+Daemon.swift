import Acquisition
import Service
import Spectra
import spectractl

extension DoctorSituation {
  /// From the socket to the answers.
  static let daemon: [DoctorSituation] = sockets + scanners + scans + bundles

  private static let sockets: [DoctorSituation] = [
    DoctorSituation(
      "the daemon does not run",
      .daemon,
      .problem,
      "notRunning",
      advice: "sudo systemctl enable --now spectrad"
    ) { $0.endDaemon(holdingScanner: false) },
    DoctorSituation(
      "the daemon ended and left its socket",
      .daemon,
      .problem,
      "notRunning",
      advice: "journalctl --unit spectrad"
    ) {
      $0.endDaemon(holdingScanner: false)
      $0.daemon.socket = .nobodyListens
    },
    DoctorSituation(
      "the daemon was never installed as a service",
      .daemon,
      .problem,
      "notRunning",
      advice: "spectrad"
    ) {
      $0.endDaemon(holdingScanner: false)
      $0.daemon.isServiceInstalled = false
    },
    DoctorSituation(
      "the daemon cannot start with its bundle",
      .daemon,
      .problem,
      "bundleRefused",
      advice: "BUNDLE_PATH"
    ) {
      $0.endDaemon(holdingScanner: false)
      $0.bundle = .refused("/b/bundle.json: cannot be read")
    },
    DoctorSituation(
      "the daemon has another socket",
      .daemon,
      .problem,
      "otherSocket",
      advice: "ps -o args= -p 77"
    ) { $0.daemon.socket = .missing },
    DoctorSituation(
      "the socket is for the group, which the user is not in",
      .daemon,
      .problem,
      "userNotInGroup",
      advice: "sudo usermod --append --groups spectrad ada"
    ) {
      $0.daemon.socket = .forbidden
      $0.account.groupIDs = [1000]
      $0.account.isListedAsMember = false
    },
    DoctorSituation(
      "the socket is for the group, which this session is not in",
      .daemon,
      .problem,
      "groupNotInSession",
      advice: "newgrp spectrad"
    ) {
      $0.daemon.socket = .forbidden
      $0.account.groupIDs = [1000]
    },
    DoctorSituation(
      "the socket's mode shuts everybody out",
      .daemon,
      .problem,
      "socketForbidden",
      advice: "PREDICTIONS_SOCKET_MODE"
    ) { $0.daemon.socket = .forbidden },
    DoctorSituation(
      "somebody else listens at the socket",
      .daemon,
      .problem,
      "silent",
      advice: "sudo systemctl restart spectrad"
    ) { $0.daemon.socket = .silent },
    DoctorSituation(
      "the socket fails",
      .daemon,
      .problem,
      "socketFailed",
      advice: "journalctl --unit spectrad"
    ) { $0.daemon.socket = .failed("cannot read: Input/output error") },
    DoctorSituation(
      "the daemon has too many clients",
      .daemon,
      .problem,
      "tooManyClients",
      advice: "End some of the programs"
    ) { $0.daemon.socket = .refused(reason: "tooManyClients") },
    DoctorSituation(
      "the daemon stops",
      .daemon,
      .problem,
      "stopping",
      advice: "sudo systemctl restart spectrad"
    ) { $0.daemon.socket = .refused(reason: "shutdown") },
  ]

  private static let scanners: [DoctorSituation] = [
    DoctorSituation(
      "the daemon does not see the scanner",
      .scanner,
      .problem,
      "daemonSeesNone",
      advice: "sudo systemctl restart spectrad"
    ) { $0.answer.scanners = [] },
    DoctorSituation(
      "the scanner is being connected",
      .scanner,
      .hint,
      "connecting",
      advice: "Wait some seconds"
    ) { $0.answer.scanners[0].state = "connecting" },
    DoctorSituation(
      "the scanner is disconnected for no reason",
      .scanner,
      .problem,
      "notReady",
      advice: "journalctl"
    ) { $0.answer.scanners[0].state = "disconnected" },
    DoctorSituation(
      "one of two scanners was unplugged",
      .scanner,
      .hint,
      "deviceGone",
      advice: "Plug it in"
    ) {
      $0.answer.scanners.append(
        StreamFacts.Scanner(name: "6100015", state: "disconnected", reason: "deviceGone")
      )
    },
    DoctorSituation(
      "one of two scanners may not be opened",
      .scanner,
      .problem,
      "noPermission",
      advice: "sudo systemctl restart systemd-udevd"
    ) {
      $0.answer.scanners.append(
        StreamFacts.Scanner(name: "usb:1-3", state: "disconnected", reason: "noPermission")
      )
    },
    DoctorSituation(
      "the firmware is old",
      .scanner,
      .hint,
      "oldFirmware",
      advice: "Update it"
    ) { $0.answer.scanners[0].firmware = "2.0.12" },
    DoctorSituation(
      "the daemon is newer than this program",
      .scanner,
      .problem,
      "newReason",
      advice: "journalctl"
    ) { $0.answer.scanners[0].reason = "newReason" },
  ]

  private static let scans: [DoctorSituation] = [
    DoctorSituation(
      "no reference was measured for a bundle that needs one",
      .scans,
      .problem,
      "referenceMismatch",
      advice: "spectractl reference"
    ) { $0.waitWithUserReference(.missing) },
    DoctorSituation(
      "the stored reference is damaged",
      .scans,
      .problem,
      "referenceStoreFailed",
      advice: "ls -ld /var/lib/spectrad/references"
    ) { $0.waitWithUserReference(.unusable("it is no stored reference")) },
    DoctorSituation(
      "the stored reference is too old",
      .scans,
      .problem,
      "referenceStale",
      advice: "spectractl reference"
    ) { $0.waitWithUserReference(.measured($0.now(minusHours: 25))) },
    DoctorSituation(
      "the machine is too slow",
      .scans,
      .hint,
      "ringFull",
      advice: "fewer scanners"
    ) { $0.answer.scansLost = 3 },
  ]

  private static let bundles: [DoctorSituation] = [
    DoctorSituation(
      "there is no bundle on purpose",
      .bundle,
      .hint,
      "noBundle",
      advice: "spectractl bundle load NAME"
    ) {
      $0.answer.bundle = nil
      $0.answer.scanners[0].scan?.reasons = ["noBundle"]
      $0.bundle = .notConfigured
    },
    DoctorSituation(
      "the daemon was started before the bundle was configured",
      .bundle,
      .problem,
      "bundleNotLoaded",
      advice: "sudo systemctl restart spectrad"
    ) { $0.answer.bundle = nil },
    DoctorSituation(
      "the configured bundle is refused and the daemon has none",
      .bundle,
      .problem,
      "bundleRefused",
      advice: "spectractl bundle check FOLDER"
    ) {
      $0.answer.bundle = nil
      $0.bundle = .refused("/b/bundle.json: its SHA-256 is 1, expected 2")
    },
    DoctorSituation(
      "the configured bundle is refused, but the daemon has its older one",
      .bundle,
      .hint,
      "bundleRefused",
      advice: "spectractl bundle check FOLDER"
    ) { $0.bundle = .refused("/b/bundle.json: its SHA-256 is 1, expected 2") },
    DoctorSituation(
      "another bundle is configured than the daemon has",
      .bundle,
      .hint,
      "otherBundle",
      advice: "sudo systemctl restart spectrad"
    ) { $0.answer.bundle?.sha256 = "1234" },
    DoctorSituation(
      "the bundle is for demonstration",
      .bundle,
      .hint,
      "demonstration",
      advice: nil
    ) { $0.answer.bundle?.isDemonstration = true },
  ]
}

extension DoctorFacts {
  /// Ends the daemon and gives the scanner back to the kernel's driver.
  fileprivate mutating func endDaemon(holdingScanner: Bool) {
    endDaemon()
    usb.scanners[0].holder = .driver(name: "usbhid")
    usb.scanners[0].isClaimedByProgram = holdingScanner
  }

  /// A bundle that needs the user's reference, which is so, and no scan that would tell.
  fileprivate mutating func waitWithUserReference(_ state: ReferenceState) {
    answer.scanners[0].scan = nil
    bundle = .good(label: "b@1", sha256: "00ff", isDemonstration: false, reference: .user)
    references = ["6100014": state]
  }

  fileprivate func now(minusHours hours: Int64) -> Timestamp {
    Timestamp(microsecondsSinceEpoch: now.microsecondsSinceEpoch - hours * 3_600_000_000)
  }
}
