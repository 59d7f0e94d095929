import Service

/// What the daemon says of its scanners: their states, their health, their firmware.
enum ScannerCheck {
  static func examine(_ facts: DoctorFacts) -> [Finding] {
    guard let stream = facts.stream else { return [] }
    guard !stream.scanners.isEmpty else { return [noScanner(facts)] }
    return stream.scanners.flatMap { scanner in
      [state(of: scanner, facts)] + firmware(of: scanner)
    }
  }

  private static func noScanner(_ facts: DoctorFacts) -> Finding {
    Finding(
      .scanner,
      .problem,
      "daemonSeesNone",
      facts.usb.scanners.isEmpty
        ? "spectrad sees no scanner"
        : "a scanner is plugged in, but the spectrad that runs does not see it",
      [
        .say("It may have been started with another configuration:"), ReasonEntry.restart,
        ReasonEntry.log,
      ]
    )
  }

  private static func state(of scanner: StreamFacts.Scanner, _ facts: DoctorFacts) -> Finding {
    let name = scanner.name.printable
    switch (scanner.state, scanner.reason) {
    case ("ready", nil):
      let firmware = scanner.firmware.map { ", firmware \($0.printable)" } ?? ""
      let kind = (scanner.model ?? "scanner").printable + firmware
      return Finding(.scanner, .ok, "ready", "\(name) (\(kind)) is ready")
    case ("ready", .some(let reason)):
      let entry = ReasonEntry.named(reason)
      return Finding(.scanner, entry.verdict, reason, "\(name): \(entry.meaning)", entry.advice)
    case ("connecting", nil):
      return Finding(
        .scanner,
        .hint,
        "connecting",
        "\(name) is being connected",
        [.say("Wait some seconds, then ask again:"), .type("spectractl doctor")]
      )
    case (let state, nil):
      return Finding(
        .scanner,
        facts.isScannerReady ? .hint : .problem,
        "notReady",
        "\(name) is \(state.printable)",
        [.say("The daemon's log may say why:"), ReasonEntry.log]
      )
    case (_, .some(let reason)):
      let entry = ReasonEntry.named(reason)
      // One that somebody took away is no harm while another works.
      let isHarmless = reason == "deviceGone" && facts.isScannerReady
      return Finding(
        .scanner,
        isHarmless ? .hint : .problem,
        reason,
        "\(name) is not connected: \(entry.meaning)",
        entry.advice
      )
    }
  }

  /// The oldest firmware of Texas Instruments that the program was made for.
  private static let firmwareMin = [2, 1, 0]

  private static func firmware(of scanner: StreamFacts.Scanner) -> [Finding] {
    // InnoSpectra counts its versions differently; its models are called NIR-...
    guard scanner.model?.hasPrefix("NIR-") != true, let firmware = scanner.firmware else {
      return []
    }
    let parts = firmware.split(separator: ".").map { Int($0) ?? 0 }
    guard parts.lexicographicallyPrecedes(firmwareMin) else { return [] }
    return [
      Finding(
        .scanner,
        .hint,
        "oldFirmware",
        "\(scanner.name.printable) has firmware \(firmware.printable), which is older than 2.1.0",
        [
          .say("It does not tell its model and spectrad was not tried with it; scans may fail."),
          .say("Update it with the NIRscan Nano program of Texas Instruments."),
        ]
      )
    ]
  }
}
