/// Whether the daemon answers, and with the bundle that is meant.
enum BundleCheck {
  static func examine(_ facts: DoctorFacts) -> [Finding] {
    guard let stream = facts.stream else { return [] }
    guard let running = stream.bundle else { return [none(facts)] }
    var findings = [
      Finding(.bundle, .ok, "inUse", "the daemon answers with \(running.label.printable)")
    ]
    if running.isDemonstration {
      findings.append(
        Finding(
          .bundle,
          .hint,
          "demonstration",
          "the bundle is for demonstration only: its answers must not be used for diagnosis"
        )
      )
    }
    return findings + configured(facts.bundle, beside: running)
  }

  private static func none(_ facts: DoctorFacts) -> Finding {
    let entry = ReasonEntry.named("noBundle")
    switch facts.bundle {
    case .notConfigured:
      // Whoever only records has none on purpose.
      return Finding(.bundle, .hint, entry.reason, entry.meaning, entry.advice)
    case .good(let label, _, _, _):
      return Finding(
        .bundle,
        .problem,
        "bundleNotLoaded",
        "the daemon was started without a bundle, but \(label.printable) is configured",
        [ReasonEntry.restart]
      )
    case .refused(let reason):
      return refused(reason, .problem)
    }
  }

  private static func configured(
    _ bundle: BundleState,
    beside running: StreamFacts.Bundle
  ) -> [Finding] {
    switch bundle {
    case .notConfigured: []
    case .refused(let reason): [refused(reason, .hint)]
    case .good(_, running.sha256, _, _): []
    case .good(let label, _, _, _):
      [
        Finding(
          .bundle,
          .hint,
          "otherBundle",
          "\(label.printable) is configured, but the daemon was started with another",
          [.say("To use it:"), ReasonEntry.restart]
        )
      ]
    }
  }

  private static func refused(_ reason: String, _ verdict: Verdict) -> Finding {
    Finding(
      .bundle,
      verdict,
      "bundleRefused",
      "spectrad would not start with the configured bundle: \(reason.printable)",
      [
        .say("Install a good bundle, or correct BUNDLE_PATH; this checks one:"),
        .type("spectractl bundle check FOLDER"),
      ]
    )
  }
}
