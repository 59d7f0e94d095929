import Acquisition
import Service

/// Whether a scanner is plugged in, where the configuration wants one.
enum USBCheck {
  static func examine(_ facts: DoctorFacts) -> [Finding] {
    let sources = facts.values.sources
    guard sources.contains(where: \.isOnUSB) else {
      return [Finding(.usb, .ok, "usbNotUsed", "the configuration asks for no scanner here")]
    }
    if let finding = unusable(facts) { return [finding] }
    let scanners = facts.usb.scanners
    guard !scanners.isEmpty else { return [noDevice(facts)] }
    if let finding = emptyPorts(sources, facts) { return [finding] }
    let ports = scanners.map(\.attachment.path).joined(separator: ", ")
    let text =
      scanners.count == 1
      ? "a scanner is plugged in at port \(ports)"
      : "\(scanners.count) scanners are plugged in at ports \(ports)"
    return [Finding(.usb, .ok, "devicePresent", text)]
  }

  /// USB cannot be looked at, or not be listened to.
  private static func unusable(_ facts: DoctorFacts) -> Finding? {
    guard !facts.isScannerReady else { return nil }
    guard facts.usb.isBusVisible else {
      return Finding(
        .usb,
        .problem,
        "usbInvisible",
        "this machine shows no USB at all: a container, or a kernel without USB",
        [.say("Run spectrad outside of the container, or give it /sys and /dev/bus/usb.")]
      )
    }
    guard let number = facts.usb.announcementsError else { return nil }
    let entry = ReasonEntry.named("usbUnavailable")
    return Finding(.usb, .problem, entry.reason, "\(entry.meaning) (errno \(number))", entry.advice)
  }

  private static func noDevice(_ facts: DoctorFacts) -> Finding {
    if facts.isScannerReady {
      return Finding(
        .usb,
        .hint,
        "otherConfiguration",
        "no scanner is plugged in here; the daemon that runs reads one elsewhere"
      )
    }
    return Finding(
      .usb,
      facts.servers.isEmpty ? .problem : .hint,
      "noDevice",
      "no scanner is on this machine's USB",
      [
        .say("Plug the scanner in and switch it on; use a cable that carries data."),
        .say("This must then print a line:"), ReasonEntry.listScanners,
      ]
    )
  }

  /// The configuration names ports, and nothing is plugged in at any of them.
  private static func emptyPorts(_ sources: [ScannerSource], _ facts: DoctorFacts) -> Finding? {
    let names = sources.compactMap { source in
      if case .usbScanner(let name) = source { name } else { nil }
    }
    let present = facts.usb.scanners.map(\.attachment.path)
    // A name that is no port is a serial number, which only an open scanner tells.
    guard !sources.contains(.everyUSBScanner), names.allSatisfy(isPort),
      !names.contains(where: present.contains)
    else { return nil }
    return Finding(
      .usb,
      facts.isScannerReady ? .hint : .problem,
      "portEmpty",
      "a scanner is plugged in at port \(present.joined(separator: ", ")), but the configuration "
        + "names port \(names.joined(separator: ", "))",
      [
        .say("Plug it in at the other port, or write SCANNER_SOURCES=usb, then:"),
        ReasonEntry.restart,
      ]
    )
  }

  /// Whether a name reads like `1-1.2`.
  private static func isPort(_ name: String) -> Bool {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty
      && parts.allSatisfy { $0.allSatisfy { $0.isNumber || $0 == "." } }
  }
}
