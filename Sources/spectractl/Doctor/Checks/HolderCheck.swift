import Acquisition
import Service

/// Whether somebody else than the daemon has the scanner.
enum HolderCheck {
  static func examine(_ facts: DoctorFacts) -> [Finding] {
    let scanners = facts.usb.scanners
    guard !scanners.isEmpty, facts.values.sources.contains(where: \.isOnUSB) else { return [] }
    // As many as are plugged in are ready, so it is the daemon that has them.
    if facts.readyScannerCount >= scanners.count {
      return [Finding(.holder, .ok, "heldByDaemon", "the daemon has the scanner")]
    }
    for scanner in scanners {
      if let finding = problem(of: scanner, facts) { return [finding] }
    }
    return [Finding(.holder, .ok, "free", "no other program has the scanner")]
  }

  private static func problem(of scanner: USBScannerFacts, _ facts: DoctorFacts) -> Finding? {
    let port = scanner.attachment.path
    switch scanner.holder {
    case .process(_, "spectrad"):
      return nil
    case .process(let identifier, let name):
      return Finding(
        .holder,
        .problem,
        "heldByProgram",
        "\(name.printable) (process \(identifier)) has the scanner at port \(port)",
        [.say("End that program, in its window or so:"), .type("sudo kill \(identifier)")]
      )
    case .driver("usbip-host"):
      return Finding(
        .holder,
        .problem,
        "exported",
        "the scanner at port \(port) is offered to other machines by USB/IP",
        [.say("To use it here:"), .type("sudo usbip unbind --busid \(port)")]
      )
    // The kernel's driver of all such devices lets go when the daemon asks for the scanner.
    case .driver("usbhid"):
      return nil
    case .driver(let name):
      return Finding(
        .holder,
        .problem,
        "heldByDriver",
        "the kernel's driver \(name.printable) has the scanner at port \(port)",
        [
          .type(
            "echo \(port):1.0 | sudo tee /sys/bus/usb/drivers/\(name.printable)/unbind"
          )
        ]
      )
    case nil:
      return unnamedHolder(of: scanner, facts)
    }
  }

  /// Other users' programs show what they have open only to the administrator.
  private static func unnamedHolder(
    of scanner: USBScannerFacts,
    _ facts: DoctorFacts
  ) -> Finding? {
    guard scanner.isClaimedByProgram, facts.daemon.processes.isEmpty, facts.stream == nil else {
      return nil
    }
    return Finding(
      .holder,
      .problem,
      "heldBySomebody",
      "another user's program has the scanner at port \(scanner.attachment.path)",
      [.say("This names it:"), .type("sudo spectractl doctor")]
    )
  }
}
