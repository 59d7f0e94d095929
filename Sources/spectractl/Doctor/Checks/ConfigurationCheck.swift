import Acquisition
import Service

/// Whether a daemon could start with the configuration, and would read a scanner.
enum ConfigurationCheck {
  static func examine(_ facts: DoctorFacts) -> [Finding] {
    switch facts.configuration {
    case .failure(let errors): [mistakes(errors.mistakes)]
    case .success(let values): [sources(values.sources, facts)]
    }
  }

  private static func mistakes(_ mistakes: [ConfigurationError]) -> Finding {
    Finding(
      .configuration,
      .problem,
      "configurationMistake",
      "spectrad cannot use its configuration: "
        + (mistakes.count == 1 ? "it has a mistake" : "it has \(mistakes.count) mistakes"),
      mistakes.map { .say($0.description.printable) } + [
        .say("Correct the file, then look again:"),
        .type("sudoedit \(ConfigurationLoader.defaultFilePath)"),
        .type("spectrad --check-config"),
      ]
    )
  }

  private static func sources(_ sources: [ScannerSource], _ facts: DoctorFacts) -> Finding {
    let writeUSB: [Advice] = [
      .say("Write SCANNER_SOURCES=usb into the configuration, then:"), ReasonEntry.restart,
    ]
    guard !sources.isEmpty else {
      return Finding(
        .configuration,
        facts.isScannerReady ? .hint : .problem,
        "noSources",
        "the configuration names no scanner to read",
        writeUSB
      )
    }
    if !sources.contains(where: \.isOnUSB), !facts.usb.scanners.isEmpty {
      return Finding(
        .configuration,
        .hint,
        "usbNotConfigured",
        "a scanner is plugged in here, but the configuration names scanners on servers only",
        [.say("If it is to be read, add usb to SCANNER_SOURCES, then:"), ReasonEntry.restart]
      )
    }
    let names = sources.map(\.description).joined(separator: ", ")
    return Finding(.configuration, .ok, "configured", "scanners to read: \(names)")
  }
}

extension ScannerSource {
  /// Whether it is on this machine's USB.
  var isOnUSB: Bool {
    if case .usbip = self { false } else { true }
  }
}
