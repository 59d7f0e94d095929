extension ReasonEntry {
  /// Why a scanner cannot be reached.
  static let connection: [ReasonEntry] =
    onServer + onUSB + [
      ReasonEntry(
        "wrongDevice",
        .problem,
        "the device at this address is no NIRscan Nano and none of its relatives",
        [.say("Correct the address in SCANNER_SOURCES, then:"), restart]
      ),
      ReasonEntry(
        "scannerNotConfigured",
        .problem,
        "the configuration names other scanners, so this one is left alone",
        [
          .say("Write SCANNER_SOURCES=usb for every scanner, or usb:SERIAL for this one, then:"),
          restart,
        ]
      ),
      ReasonEntry(
        "tooManyScanners",
        .problem,
        "16 scanners are connected already, which is the limit",
        [.say("Unplug one, or connect this one to another machine.")]
      ),
      ReasonEntry(
        "previousConnectionOpen",
        .hint,
        "the scanner came back before the end of its previous connection was noticed",
        [.say("Nothing needs to be done: it is ready within seconds.")]
      ),
      ReasonEntry("stopped", .hint, "the daemon is stopping", [.say("Start it again:"), restart]),
    ]

  private static let onServer: [ReasonEntry] = [
    ReasonEntry(
      "hostUnknown",
      .problem,
      "the name of the USB/IP server has no address",
      [.say("Correct the name in SCANNER_SOURCES, or use the server's number, then:"), restart]
    ),
    ReasonEntry(
      "connectionRefused",
      .problem,
      "no USB/IP server answers at the configured address",
      [.say("Start it on the machine that has the scanner:"), .type("sudo usbipd --daemon")]
    ),
    ReasonEntry(
      "connectionFailed",
      .problem,
      "the USB/IP server's machine cannot be reached",
      [.say("Check that machine, the network between, and its firewall (port 3240).")]
    ),
    ReasonEntry(
      "importRefused",
      .problem,
      "the USB/IP server does not offer this bus id, or somebody else uses it",
      [
        .say("See there what it offers and under which bus id, and offer the scanner:"),
        .type("usbip list --local"), .type("sudo usbip bind --busid BUSID"),
      ]
    ),
    ReasonEntry(
      "connectionLost",
      .problem,
      "the USB/IP server closed the connection",
      [.say("spectrad connects again by itself; check that the server still runs.")]
    ),
    ReasonEntry(
      "serverError",
      .problem,
      "what the server answered is no USB/IP",
      [.say("Check that a USB/IP server listens at that address, version 1.1.1.")]
    ),
  ]

  private static let onUSB: [ReasonEntry] = [
    ReasonEntry(
      "deviceGone",
      .problem,
      "the scanner was unplugged, switched off, or left USB by itself",
      [.say("Plug it in and switch it on; it is found by itself."), anotherCable, listScanners]
    ),
    ReasonEntry(
      "transferFailed",
      .problem,
      "USB failed in the middle of a transfer",
      [anotherCable, kernelLog]
    ),
    ReasonEntry(
      "noPermission",
      .problem,
      "the daemon may not open the scanner",
      [.say("The udev rule gives it permission:")] + RuleAdvice.install + RuleAdvice.reload
    ),
    ReasonEntry(
      "inUse",
      .problem,
      "another program has the scanner",
      [
        .say("End that program; this names it:"), .type("sudo spectractl doctor"),
      ]
    ),
    ReasonEntry("openingFailed", .problem, "the scanner cannot be opened", [replug, kernelLog]),
    ReasonEntry(
      "stalled",
      .problem,
      "the scanner refused a transfer; it is opened anew by itself",
      [replug, service]
    ),
    ReasonEntry(
      "usbUnavailable",
      .problem,
      "USB cannot be used here: a container or a service's limits forbid it",
      [
        .say("The daemon needs sockets of the family AF_NETLINK, /dev/bus/usb and /sys:"),
        .type("systemctl show spectrad --property RestrictAddressFamilies,DeviceAllow"),
      ]
    ),
  ]
}

/// How the udev rule comes into force.
enum RuleAdvice {
  /// Puts the rule where udev finds it.
  static let install: [Advice] = [
    .type("sudo install -m 644 udev/60-spectrad.rules /etc/udev/rules.d/60-spectrad.rules")
  ]
  /// Applies it to scanners that are plugged in already.
  ///
  /// udev's own reload would keep what it knew of groups when it read the rule, and a group that was
  /// made since would go on missing.
  static let reload: [Advice] = [
    .type("sudo systemctl restart systemd-udevd"),
    .type("sudo udevadm trigger --action=add --attr-match=idVendor=0451"),
  ]
}
