import ArgumentParser
import Spectra
import Varlink

/// `spectractl check`: whether a scanner still measures what it measured.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Measure a standard and say whether the scanner has drifted from its baseline.",
    discussion: """
      Lay the standard on the window first, every day in the same way. The first time, --baseline \
      keeps what is measured; later checks are compared with it. Compared are the noise (at most \
      twice the baseline's), the lamp and the signal (within 10 %), and the wavelengths of the \
      standard's peaks (within 1 nm). A white standard has no peaks: use a polystyrene film or a \
      rare-earth standard to check wavelengths.

      The status is 0 when all is well and 1 when something has drifted. The scans are a sample of \
      their own, "check NAME", which is deleted afterwards unless --keep is given.
      """
  )

  @Option(help: "The standard's name; each has a baseline of its own.")
  var standard = "white"

  @Flag(help: "Keep what is measured as the baseline of later checks.")
  var baseline = false

  @Option(help: "How many scans.")
  var scans = 10

  @Flag(help: "Keep the check's sample in the store.")
  var keep = false

  @OptionGroup var scanner: ScannerOption
  @OptionGroup var options: ControlOutputOptions

  func validate() throws {
    guard (StandardMeasurement.scansMin...Limits.scansPerSample).contains(scans) else {
      throw ValidationError(
        "--scans must be \(StandardMeasurement.scansMin) to \(Limits.scansPerSample), found \(scans)"
      )
    }
    guard
      (1...Limits.sampleNameBytes - CheckSample.namePrefix.utf8.count)
        .contains(standard.utf8.count)
    else { throw ValidationError("--standard is empty or too long: '\(standard)'") }
  }

  func run() throws {
    let report = try options.control.ask { daemon in
      try RecordingOutput.failingInWords { try measure(daemon) }
    }
    if options.json {
      try Output.write(report.jsonLine)
    } else {
      for line in report.lines { try Output.print(line.printable) }
    }
    if report.verdict == .drifted { throw ExitStatus.problemFound.exitCode }
  }

  private func measure(_ daemon: ControlConnection) throws -> CheckReport {
    let status = try daemon.call(SpectradInterface.GetStatus.self, NoMembers()).reply.status
    let name = scanner.scanner ?? (status.scanners.count == 1 ? status.scanners[0].scanner : nil)
    // Asked for first: without a baseline nobody waits for scans in vain.
    let stored = try name.flatMap { try storedBaseline($0, daemon) }
    let found = try scanStandard(isOnRequest: status.mode == "onRequest", name)
    if baseline {
      _ = try daemon.call(SpectradInterface.SetBaseline.self, .init(baseline: found.baseline))
    }
    return CheckReport(
      measured: found.baseline,
      baseline: stored,
      findings: stored.map { found.measurement.findings(against: CheckBaseline($0)) } ?? []
    )
  }

  /// What is compared with; nil when a new one is to be kept.
  private func storedBaseline(
    _ scanner: String,
    _ daemon: ControlConnection
  ) throws -> SpectradInterface.Baseline? {
    guard !baseline else { return nil }
    return try daemon.call(
      SpectradInterface.GetBaseline.self,
      .init(scanner: scanner, standard: standard)
    )
    .reply.baseline
  }

  private func scanStandard(
    isOnRequest: Bool,
    _ scanner: String?
  ) throws -> (measurement: StandardMeasurement, baseline: SpectradInterface.Baseline) {
    // Whoever stops the check must not find its sample among the real ones.
    let interruption = Interruption()
    defer { withExtendedLifetime(interruption) {} }
    var sample = try CheckSample(
      socket: options.control.socket,
      standard: standard,
      interruption: interruption?.descriptor
    )
    defer { if !keep { sample.delete() } }
    let measured = try sample.measure(scanner: scanner, scans: scans, isOnRequest: isOnRequest)
    do throws(CheckError) {
      let measurement = try StandardMeasurement(
        scans: measured.scans,
        wavelengthsNanometres: measured.wavelengthsNanometres
      )
      let baseline = SpectradInterface.Baseline(
        measurement,
        scanner: measured.scanner,
        standard: standard,
        time: .now()
      )
      return (measurement, baseline)
    } catch {
      StandardError.print(error.description)
      throw ExitStatus.badData.exitCode
    }
  }
}

extension CheckBaseline {
  /// What the daemon keeps.
  fileprivate init(_ stored: SpectradInterface.Baseline) {
    self.init(
      noiseAbsorbance: stored.noiseAbsorbance,
      lampPhotodiode: stored.lampPhotodiode,
      signalCounts: stored.signalCounts,
      peaksNanometres: stored.peaksNanometres
    )
  }
}

extension SpectradInterface.Baseline {
  /// What the daemon is to keep.
  fileprivate init(
    _ measurement: StandardMeasurement,
    scanner: String,
    standard: String,
    time: Timestamp
  ) {
    self.init(
      scanner: scanner,
      standard: standard,
      time: time.description,
      scans: measurement.scanCount,
      noiseAbsorbance: measurement.noiseAbsorbance,
      lampPhotodiode: measurement.lampPhotodiode,
      signalCounts: measurement.signalCounts,
      peaksNanometres: measurement.peaksNanometres
    )
  }
}
