import Acquisition
import Glibc
import Service
import Spectra
import spectractl

extension DoctorSituation {
  /// From the configuration to the open device.
  static let device: [DoctorSituation] = configurations + usb + servers + permissions + holders

  private static let configurations: [DoctorSituation] = [
    DoctorSituation(
      "the configuration has a mistake",
      .configuration,
      .problem,
      "configurationMistake",
      advice: "sample.scans: found “many”, expected a number"
    ) { facts in
      let mistake = ConfigurationError.badValue(
        key: "sample.scans",
        found: "many",
        expected: "a number"
      )
      facts.configuration = .failure(ConfigurationErrors(mistakes: [mistake]))
    },
    DoctorSituation(
      "no scanner is configured",
      .configuration,
      .problem,
      "noSources",
      advice: "SCANNER_SOURCES=usb"
    ) {
      $0.configured.sources = []
      $0.endDaemon()
    },
    DoctorSituation(
      "a scanner is plugged in, but only servers are configured",
      .configuration,
      .hint,
      "usbNotConfigured",
      advice: "add usb to SCANNER_SOURCES"
    ) { $0.configured.sources = [try ScannerSource(parsing: "usbip://lab/1-1")] },
  ]

  private static let usb: [DoctorSituation] = [
    DoctorSituation(
      "nothing is plugged in",
      .usb,
      .problem,
      "noDevice",
      advice: "lsusb -d 0451:4200"
    ) {
      $0.usb.scanners = []
      $0.answer.scanners = []
    },
    DoctorSituation(
      "nothing is plugged in here, but the daemon has a scanner",
      .usb,
      .hint,
      "otherConfiguration",
      advice: nil
    ) { $0.usb.scanners = [] },
    DoctorSituation(
      "a container hides USB",
      .usb,
      .problem,
      "usbInvisible",
      advice: "/dev/bus/usb"
    ) {
      $0.usb = USBFacts(isBusVisible: false, announcementsError: nil, scanners: [])
      $0.endDaemon()
    },
    DoctorSituation(
      "a sandbox forbids AF_NETLINK",
      .usb,
      .problem,
      "usbUnavailable",
      advice: "RestrictAddressFamilies"
    ) {
      $0.usb.announcementsError = EAFNOSUPPORT
      $0.endDaemon()
    },
    DoctorSituation(
      "the scanner is at another port than configured",
      .usb,
      .problem,
      "portEmpty",
      advice: "SCANNER_SOURCES=usb"
    ) {
      $0.configured.sources = [.usbScanner(name: "3-1.4")]
      $0.answer.scanners = []
    },
  ]

  private static let servers: [DoctorSituation] = [
    DoctorSituation(
      "the USB/IP server is down",
      .servers,
      .problem,
      "connectionRefused",
      advice: "sudo usbipd --daemon"
    ) { try $0.useServer(.failure(.connectionRefused(errorNumber: ECONNREFUSED))) },
    DoctorSituation(
      "the USB/IP server has no such name",
      .servers,
      .problem,
      "hostUnknown",
      advice: "SCANNER_SOURCES"
    ) { try $0.useServer(.failure(.hostUnknown(code: -2))) },
    DoctorSituation(
      "the USB/IP server offers another device",
      .servers,
      .problem,
      "importRefused",
      advice: "usbip list --local"
    ) { try $0.useServer(.success(["2-1"])) },
  ]

  private static let permissions: [DoctorSituation] = [
    DoctorSituation(
      "the udev rule is not installed",
      .permission,
      .problem,
      "ruleMissing",
      advice: "sudo install -m 644 udev/60-spectrad.rules"
    ) {
      $0.refuseNode(group: 0, mode: 0o664)
      $0.rule = .missing
    },
    DoctorSituation(
      "the udev rule is masked",
      .permission,
      .problem,
      "ruleMasked",
      advice: "sudo rm /etc/udev/rules.d/60-spectrad.rules"
    ) {
      $0.refuseNode(group: 0, mode: 0o664)
      $0.rule = .masked(path: "/etc/udev/rules.d/60-spectrad.rules")
    },
    DoctorSituation(
      "the group is missing",
      .permission,
      .problem,
      "groupMissing",
      advice: "sudo groupadd --system spectrad"
    ) {
      $0.refuseNode(group: 0, mode: 0o664)
      $0.account.scannerGroupID = nil
    },
    DoctorSituation(
      "the node has the wrong group",
      .permission,
      .problem,
      "ruleNotApplied",
      advice: "sudo udevadm trigger"
    ) { $0.refuseNode(group: 0, mode: 0o664) },
    DoctorSituation(
      "the node has the wrong mode",
      .permission,
      .problem,
      "ruleNotApplied",
      advice: "sudo systemctl restart systemd-udevd"
    ) { $0.refuseNode(group: 990, mode: 0o644) },
    DoctorSituation(
      "the administrator may open it, but the daemon's group may not",
      .permission,
      .problem,
      "ruleNotApplied",
      advice: "sudo udevadm trigger"
    ) {
      $0.refuseNode(group: 0, mode: 0o664)
      $0.usb.scanners[0].node?.isOpenable = true
      $0.account.userID = 0
    },
    DoctorSituation(
      "the user is not in the group",
      .permission,
      .problem,
      "userNotInGroup",
      advice: "sudo usermod --append --groups spectrad ada"
    ) {
      $0.refuseNode(group: 990, mode: 0o660)
      $0.account.groupIDs = [1000]
      $0.account.isListedAsMember = false
    },
    DoctorSituation(
      "the user is in the group, but not in this session",
      .permission,
      .problem,
      "groupNotInSession",
      advice: "newgrp spectrad"
    ) {
      $0.refuseNode(group: 990, mode: 0o660)
      $0.account.groupIDs = [1000]
    },
    DoctorSituation(
      "a device filter forbids the node",
      .permission,
      .problem,
      "nodeForbidden",
      advice: "allow the device"
    ) { $0.refuseNode(group: 990, mode: 0o660) },
    DoctorSituation(
      "the node is missing",
      .permission,
      .problem,
      "nodeMissing",
      advice: "/dev/bus/usb"
    ) {
      $0.usb.scanners[0].node = nil
      $0.endDaemon()
    },
  ]

  private static let holders: [DoctorSituation] = [
    DoctorSituation(
      "another program has the scanner",
      .holder,
      .problem,
      "heldByProgram",
      advice: "sudo kill 4711"
    ) { $0.holdScanner(by: .process(identifier: 4711, name: "NIRscanNanoGUI")) },
    DoctorSituation(
      "another program has the second scanner",
      .holder,
      .problem,
      "heldByProgram",
      advice: "sudo kill 4711"
    ) {
      var second = USBScannerFacts.healthy
      second.holder = .process(identifier: 4711, name: "NIRscanNanoGUI")
      $0.usb.scanners.append(second)
    },
    DoctorSituation(
      "somebody has the scanner who cannot be seen",
      .holder,
      .problem,
      "heldBySomebody",
      advice: "sudo spectractl doctor"
    ) { $0.holdScanner(by: nil) },
    DoctorSituation(
      "the scanner is exported to other machines",
      .holder,
      .problem,
      "exported",
      advice: "sudo usbip unbind --busid 1-2"
    ) { $0.holdScanner(by: .driver(name: "usbip-host")) },
    DoctorSituation(
      "a driver has the scanner",
      .holder,
      .problem,
      "heldByDriver",
      advice: "/sys/bus/usb/drivers/odd/unbind"
    ) { $0.holdScanner(by: .driver(name: "odd")) },
  ]
}

extension DoctorFacts {
  /// Makes a daemon's only source a server that answers so, while no daemon runs.
  fileprivate mutating func useServer(_ busIDs: Result<[String], AcquisitionError>) throws {
    let address = try USBIPAddress(parsing: "usbip://lab/1-1")
    configured.sources = [.usbip(address)]
    usb.scanners = []
    servers = [ServerFacts(address: address, busIDs: busIDs)]
    endDaemon()
  }

  /// Makes a node that the user may not open, while no daemon runs.
  fileprivate mutating func refuseNode(group: UInt32, mode: UInt32) {
    usb.scanners[0].node = NodeFacts(groupID: group, mode: mode, isOpenable: false)
    usb.scanners[0].holder = .driver(name: "usbhid")
    usb.scanners[0].isClaimedByProgram = false
    endDaemon()
  }

  /// Gives the scanner to somebody, while no daemon runs.
  fileprivate mutating func holdScanner(by holder: USBNodeHolder?) {
    usb.scanners[0].holder = holder
    endDaemon()
  }
}
